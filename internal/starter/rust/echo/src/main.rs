//! A node of the workload echo: it sends back what a client sends.

use maelstrom::{Answer, Json, Message, Node, Object};

#[cfg(test)]
mod tests;

fn echo(_: &mut Node<()>, message: &Message) -> Answer {
    let value: Json = message.body.get("echo")?;
    Ok(Some(Object::new().with("echo", value)))
}

fn serve(node: &mut Node<()>) {
    node.on("echo", echo);
}

fn main() {
    let mut node = Node::new(maelstrom::write_line);
    serve(&mut node);
    node.run();
}
