//! A node of the workload broadcast: a value that a client gives to any node is soon in the reads of all nodes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use maelstrom::{Answer, Error, Message, Node, Object};

#[cfg(test)]
mod tests;

const GOSSIP_EVERY: Duration = Duration::from_millis(200);

#[derive(Default)]
struct Replica {
    values: BTreeSet<i64>,
    neighbours: Vec<String>,
}

fn topology(node: &mut Node<Replica>, message: &Message) -> Answer {
    let mut topology: BTreeMap<String, Vec<String>> = message.body.get("topology")?;
    let neighbours = topology.remove(&node.id);
    node.state.neighbours =
        neighbours.ok_or_else(|| Error::new(12, "this node is missing in the topology"))?;
    Ok(Some(Object::new()))
}

fn broadcast(node: &mut Node<Replica>, message: &Message) -> Answer {
    node.state.values.insert(message.body.get("message")?);
    Ok(Some(Object::new()))
}

fn read(node: &mut Node<Replica>, _: &Message) -> Answer {
    Ok(Some(
        Object::new().with("messages", node.state.values.clone()),
    ))
}

fn merge(node: &mut Node<Replica>, message: &Message) -> Answer {
    node.state
        .values
        .extend(message.body.get::<BTreeSet<i64>>("values")?);
    Ok(None)
}

fn gossip(node: &mut Node<Replica>) {
    // Each message carries the whole set. So whatever is lost, a later message has it, too.
    for neighbour in node.state.neighbours.clone() {
        node.send(
            &neighbour,
            Object::new()
                .with("type", "gossip")
                .with("values", node.state.values.clone()),
        );
    }
}

fn serve(node: &mut Node<Replica>) {
    node.on("topology", topology);
    node.on("broadcast", broadcast);
    node.on("read", read);
    node.on("gossip", merge);
    node.every(GOSSIP_EVERY, gossip);
}

fn main() {
    let mut node = Node::new(maelstrom::write_line);
    serve(&mut node);
    node.run();
}
