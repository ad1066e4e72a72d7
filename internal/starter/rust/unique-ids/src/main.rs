//! A node of the workload unique-ids: every id that it gives out is unique among all nodes.

use maelstrom::{Answer, Message, Node, Object};

#[cfg(test)]
mod tests;

#[derive(Default)]
struct Generator {
    counter: u64,
}

fn generate(node: &mut Node<Generator>, _: &Message) -> Answer {
    // No other node has this node's id, the time is another one after a restart, and the counter does the rest.
    let nanos = node.now().as_nanos();
    let id = format!("{}-{nanos}-{}", node.id, node.state.counter);
    node.state.counter += 1;
    Ok(Some(Object::new().with("id", id)))
}

fn serve(node: &mut Node<Generator>) {
    node.on("generate", generate);
}

fn main() {
    let mut node = Node::new(maelstrom::write_line);
    serve(&mut node);
    node.run();
}
