use maelstrom::cluster::Cluster;

use super::serve;

#[test]
fn reads_are_the_sum() {
    let mut c = Cluster::new(serve, &["n1", "n2"]);
    for (node, delta) in [("n1", 3), ("n2", 4), ("n1", 0)] {
        c.expect(
            node,
            &format!(r#"{{"type":"add","delta":{delta}}}"#),
            r#"{"type":"add_ok"}"#,
        );
    }
    for _ in 0..2 {
        c.tick(); // the second round changes nothing
        for node in ["n1", "n2"] {
            c.expect(
                node,
                r#"{"type":"read"}"#,
                r#"{"type":"read_ok","value":7}"#,
            );
        }
    }
}

#[test]
fn old_messages_do_not_count_back() {
    let mut c = Cluster::new(serve, &["n1", "n2"]);
    c.expect("n1", r#"{"type":"add","delta":5}"#, r#"{"type":"add_ok"}"#);
    c.tick();
    c.receive(
        "n2",
        r#"{"src":"n1","dest":"n2","body":{"type":"gossip","totals":{"n1":2}}}"#,
    );
    c.expect(
        "n2",
        r#"{"type":"read"}"#,
        r#"{"type":"read_ok","value":5}"#,
    );
}
