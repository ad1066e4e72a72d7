//! A node of the workload g-counter: clients add to any node, and soon the reads of all nodes are the sum.

use std::collections::BTreeMap;
use std::time::Duration;

use maelstrom::{Answer, Error, Message, Node, Object};

#[cfg(test)]
mod tests;

const GOSSIP_EVERY: Duration = Duration::from_millis(200);

/// A G-Counter (Shapiro et al. 2011): each node increases only its own total, and two copies are merged by the maximum.
/// So messages may come late, twice, or in any order, and a lost one does no harm.
type Totals = BTreeMap<String, i64>; // what the clients of each node have added, by the id of the node

fn add(node: &mut Node<Totals>, message: &Message) -> Answer {
    let delta: i64 = message.body.get("delta")?;
    if delta < 0 {
        return Err(Error::new(
            12,
            "delta: want an integer that is not negative",
        ));
    }
    let total = node.state.entry(node.id.clone()).or_default();
    *total = total.saturating_add(delta);
    Ok(Some(Object::new()))
}

fn read(node: &mut Node<Totals>, _: &Message) -> Answer {
    let sum = node.state.values().copied().fold(0, i64::saturating_add);
    Ok(Some(Object::new().with("value", sum)))
}

fn merge(node: &mut Node<Totals>, message: &Message) -> Answer {
    for (id, total) in message.body.get::<Totals>("totals")? {
        let mine = node.state.entry(id).or_default();
        *mine = total.max(*mine);
    }
    Ok(None)
}

fn gossip(node: &mut Node<Totals>) {
    for id in node.ids.clone() {
        if id != node.id {
            node.send(
                &id,
                Object::new()
                    .with("type", "gossip")
                    .with("totals", node.state.clone()),
            );
        }
    }
}

fn serve(node: &mut Node<Totals>) {
    node.on("add", add);
    node.on("read", read);
    node.on("gossip", merge);
    node.every(GOSSIP_EVERY, gossip);
}

fn main() {
    let mut node = Node::new(maelstrom::write_line);
    serve(&mut node);
    node.run();
}
