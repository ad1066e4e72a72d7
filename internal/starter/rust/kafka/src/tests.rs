use maelstrom::cluster::Cluster;

use super::serve;

#[test]
fn one_log_for_all_nodes() {
    let mut c = Cluster::new(serve, &["n1", "n2"]);
    for (node, offset) in [("n1", 0), ("n2", 1), ("n2", 2)] {
        let send = format!(r#"{{"type":"send","key":"k","msg":"{node}"}}"#);
        c.expect(
            node,
            &send,
            &format!(r#"{{"type":"send_ok","offset":{offset}}}"#),
        );
    }
    for node in ["n1", "n2"] {
        let reply = r#"{"type":"poll_ok","msgs":{"k":[[1,"n2"],[2,"n2"]],"other":[]}}"#;
        c.expect(
            node,
            r#"{"type":"poll","offsets":{"k":1,"other":0}}"#,
            reply,
        );
    }
}

#[test]
fn committed_offsets_do_not_go_back() {
    let mut c = Cluster::new(serve, &["n1", "n2"]);
    for (node, offset) in [("n2", 5), ("n1", 3)] {
        let commit = format!(r#"{{"type":"commit_offsets","offsets":{{"k":{offset}}}}}"#);
        c.expect(node, &commit, r#"{"type":"commit_offsets_ok"}"#);
    }
    let reply = r#"{"type":"list_committed_offsets_ok","offsets":{"k":5}}"#;
    c.expect(
        "n2",
        r#"{"type":"list_committed_offsets","keys":["k","other"]}"#,
        reply,
    );
}

#[test]
fn errors_of_the_leader_are_passed_on() {
    let mut c = Cluster::new(serve, &["n1", "n2"]);
    let reply = r#"{"type":"error","code":12,"text":"offsets: want an integer"}"#;
    c.expect("n2", r#"{"type":"poll","offsets":{"k":"one"}}"#, reply);
}
