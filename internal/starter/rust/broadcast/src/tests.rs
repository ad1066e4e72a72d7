use maelstrom::cluster::Cluster;

use super::serve;

const NODES: [&str; 3] = ["n1", "n2", "n3"];

#[test]
fn values_reach_everybody() {
    let mut c = Cluster::new(serve, &NODES);
    for node in NODES {
        let line = r#"{"type":"topology","topology":{"n1":["n2"],"n2":["n1","n3"],"n3":["n2"]}}"#;
        c.expect(node, line, r#"{"type":"topology_ok"}"#);
    }
    c.expect(
        "n1",
        r#"{"type":"broadcast","message":7}"#,
        r#"{"type":"broadcast_ok"}"#,
    );
    c.expect(
        "n3",
        r#"{"type":"broadcast","message":8}"#,
        r#"{"type":"broadcast_ok"}"#,
    );
    c.expect(
        "n1",
        r#"{"type":"read"}"#,
        r#"{"type":"read_ok","messages":[7]}"#,
    );
    c.tick();
    c.tick();
    for node in NODES {
        c.expect(
            node,
            r#"{"type":"read"}"#,
            r#"{"type":"read_ok","messages":[7,8]}"#,
        );
    }
}
