//! A node of the workload txn-rw-register: a store of registers, with transactions.
//!
//! Transactions run at once on the node that gets them, one at a time, and wait for nobody. So no one sees half of another, and all
//! are served while links are cut.

use std::collections::BTreeMap;
use std::time::Duration;

use maelstrom::{Answer, Error, Json, Message, Node, Object};

#[cfg(test)]
mod tests;

const GOSSIP_EVERY: Duration = Duration::from_millis(200);

/// Clock, node id and value of a write. The last write of a register wins on all nodes, by a Lamport clock (Lamport 1978).
/// Equal clocks are ordered by the node's id.
type Version = (i64, String, Json);

#[derive(Default)]
struct Store {
    registers: BTreeMap<String, Version>, // by key
    clock: i64,                           // the highest one that was seen
}

fn txn(node: &mut Node<Store>, message: &Message) -> Answer {
    let mut txn: Vec<(String, Json, Json)> = message.body.get("txn")?;
    if !txn.iter().all(|(f, _, _)| f == "r" || f == "w") {
        return Err(Error::new(12, "txn: want operations r and w"));
    }
    let store = &mut node.state;
    store.clock += 1;
    for (f, key, value) in &mut txn {
        let key = key.to_string();
        if f == "w" {
            store
                .registers
                .insert(key, (store.clock, node.id.clone(), value.clone()));
        } else if let Some((_, _, current)) = store.registers.get(&key) {
            *value = current.clone();
        }
    }
    Ok(Some(Object::new().with("txn", txn)))
}

fn merge(node: &mut Node<Store>, message: &Message) -> Answer {
    let store = &mut node.state;
    for (key, version) in message.body.get::<BTreeMap<String, Version>>("registers")? {
        store.clock = store.clock.max(version.0);
        match store.registers.get(&key) {
            Some(mine) if (mine.0, &mine.1) >= (version.0, &version.1) => {}
            _ => {
                store.registers.insert(key, version);
            }
        }
    }
    Ok(None)
}

fn gossip(node: &mut Node<Store>) {
    // Each message carries everything. So whatever is lost, a later message has it, too.
    for id in node.ids.clone() {
        if id != node.id {
            node.send(
                &id,
                Object::new()
                    .with("type", "gossip")
                    .with("registers", node.state.registers.clone()),
            );
        }
    }
}

fn serve(node: &mut Node<Store>) {
    node.on("txn", txn);
    node.on("gossip", merge);
    node.every(GOSSIP_EVERY, gossip);
}

fn main() {
    let mut node = Node::new(maelstrom::write_line);
    serve(&mut node);
    node.run();
}
