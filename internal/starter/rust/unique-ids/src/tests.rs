use std::collections::BTreeSet;

use maelstrom::cluster::Cluster;

use super::serve;

#[test]
fn ids_differ() {
    let mut c = Cluster::new(serve, &["n1", "n2"]);
    let mut ids = BTreeSet::new();
    for _ in 0..100 {
        for node in ["n1", "n2"] {
            let id: String = c.request(node, r#"{"type":"generate"}"#).get("id").unwrap();
            ids.insert(id);
        }
    }
    assert_eq!(200, ids.len());
}
