//! A node of the workload unique-ids: every id that it gives out is unique among all nodes.

use std::time::{SystemTime, UNIX_EPOCH};

use maelstrom::{Answer, Message, Node, Object};

#[cfg(test)]
mod tests;

#[derive(Default)]
struct Generator {
    started: u128, // in nanoseconds
    counter: u64,
}

fn generate(node: &mut Node<Generator>, _: &Message) -> Answer {
    // No other node has this node's id, the start time differs after a restart, and the counter does the rest.
    let id = format!(
        "{}-{:x}-{}",
        node.id, node.state.started, node.state.counter
    );
    node.state.counter += 1;
    Ok(Some(Object::new().with("id", id)))
}

fn serve(node: &mut Node<Generator>) {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    node.state.started = since_1970.expect("the clock is later than 1970").as_nanos();
    node.on("generate", generate);
}

fn main() {
    let mut node = Node::new(maelstrom::write_line);
    serve(&mut node);
    node.run();
}
