use maelstrom::cluster::Cluster;

use super::serve;

#[test]
fn echo() {
    let mut c = Cluster::new(serve, &["n1"]);
    for value in [r#""hello""#, "9223372036854775808", r#"[null,{"a":1.50}]"#] {
        let reply = format!(r#"{{"type":"echo_ok","echo":{value}}}"#);
        c.expect(
            "n1",
            &format!(r#"{{"type":"echo","echo":{value}}}"#),
            &reply,
        );
    }
    c.expect(
        "n1",
        r#"{"type":"echo"}"#,
        r#"{"type":"error","code":12,"text":"echo is missing"}"#,
    );
}
