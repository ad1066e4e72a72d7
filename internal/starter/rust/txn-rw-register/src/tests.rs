use maelstrom::cluster::Cluster;

use super::serve;

#[test]
fn a_transaction_sees_its_own_writes() {
    let mut c = Cluster::new(serve, &["n1"]);
    let txn = r#"{"type":"txn","txn":[["r",1,null],["w",1,6],["r",1,null]]}"#;
    c.expect(
        "n1",
        txn,
        r#"{"type":"txn_ok","txn":[["r",1,null],["w",1,6],["r",1,6]]}"#,
    );
}

#[test]
fn the_last_write_wins_everywhere() {
    let mut c = Cluster::new(serve, &["n1", "n2"]);
    for (node, key, value) in [("n1", 1, 10), ("n2", 1, 20), ("n1", 2, 11), ("n1", 2, 12)] {
        let written = format!(r#"[["w",{key},{value}]]"#);
        let reply = format!(r#"{{"type":"txn_ok","txn":{written}}}"#);
        c.expect(
            node,
            &format!(r#"{{"type":"txn","txn":{written}}}"#),
            &reply,
        );
    }
    for _ in 0..2 {
        c.tick(); // the second round changes nothing
        for node in ["n1", "n2"] {
            let reply = r#"{"type":"txn_ok","txn":[["r",1,20],["r",2,12]]}"#;
            c.expect(
                node,
                r#"{"type":"txn","txn":[["r",1,null],["r",2,null]]}"#,
                reply,
            );
        }
    }
}

#[test]
fn a_malformed_transaction_does_nothing() {
    let mut c = Cluster::new(serve, &["n1"]);
    let reply = r#"{"type":"error","code":12,"text":"txn: want an array of three"}"#;
    c.expect("n1", r#"{"type":"txn","txn":[["w",1,10],["w",2]]}"#, reply);
    let txn = r#"{"type":"txn","txn":[["r",1,null]]}"#;
    c.expect("n1", txn, &txn.replace("txn\",\"", "txn_ok\",\""));
}
