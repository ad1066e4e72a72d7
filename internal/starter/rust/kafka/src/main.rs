//! A node of the workload kafka: logs to which clients append, one for each key.
//!
//! The first node leads: it has all logs, and the other nodes pass requests on to it. So there is nothing to agree on. The price is
//! that a node which cannot reach the leader cannot serve anybody.

use std::collections::BTreeMap;

use maelstrom::{Answer, Json, Node, Object};

#[cfg(test)]
mod tests;

const POLL_LIMIT: usize = 100; // messages of a key in one reply

type Offsets = BTreeMap<String, i64>; // by key

#[derive(Default)]
struct Logs {
    logs: BTreeMap<String, Vec<Json>>, // by key; an offset is an index into a log
    committed: Offsets,
}

fn send(logs: &mut Logs, body: &Object) -> Answer {
    let (key, msg) = (body.get("key")?, body.get("msg")?);
    let log = logs.logs.entry(key).or_default();
    log.push(msg);
    Ok(Some(Object::new().with("offset", log.len() as i64 - 1)))
}

fn poll(logs: &mut Logs, body: &Object) -> Answer {
    let mut msgs = BTreeMap::new();
    for (key, offset) in body.get::<Offsets>("offsets")? {
        let start = usize::try_from(offset).unwrap_or(0);
        let log = logs.logs.get(&key).into_iter().flatten();
        let messages = log.skip(start).take(POLL_LIMIT).cloned();
        msgs.insert(key, (start as i64..).zip(messages).collect::<Vec<_>>());
    }
    Ok(Some(Object::new().with("msgs", msgs)))
}

fn commit(logs: &mut Logs, body: &Object) -> Answer {
    for (key, offset) in body.get::<Offsets>("offsets")? {
        let committed = logs.committed.entry(key).or_default();
        *committed = offset.max(*committed); // a late message does not take it back
    }
    Ok(Some(Object::new()))
}

fn list_committed(logs: &mut Logs, body: &Object) -> Answer {
    let keys: Vec<String> = body.get("keys")?;
    let known = keys
        .into_iter()
        .filter_map(|key| logs.committed.get_key_value(&key));
    let offsets: Offsets = known.map(|(key, offset)| (key.clone(), *offset)).collect();
    Ok(Some(Object::new().with("offsets", offsets)))
}

/// Registers a handler that the leader runs. On other nodes, it asks the leader and passes the reply on.
fn lead(node: &mut Node<Logs>, kind: &str, handle: fn(&mut Logs, &Object) -> Answer) {
    node.on(kind, move |node, message| {
        let leader = node.ids[0].clone();
        if node.id == leader {
            return handle(&mut node.state, &message.body);
        }
        let request = message.clone();
        node.call(&leader, message.body.clone(), move |node, reply| {
            node.reply(&request, reply.clone())
        });
        Ok(None)
    });
}

fn serve(node: &mut Node<Logs>) {
    lead(node, "send", send);
    lead(node, "poll", poll);
    lead(node, "commit_offsets", commit);
    lead(node, "list_committed_offsets", list_committed);
}

fn main() {
    let mut node = Node::new(maelstrom::write_line);
    serve(&mut node);
    node.run();
}
