//! Nodes of a test, in memory.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use crate::{Json, Node, Object};

/// Nodes with all their messages. Messages between nodes arrive when a method of the cluster delivers them.
pub struct Cluster<S> {
    pub nodes: BTreeMap<String, Node<S>>,
    pub sent: Rc<RefCell<Vec<Object>>>, // since the last request or tick
    now: Duration,
}

impl<S: Default + 'static> Cluster<S> {
    /// Makes nodes that are initialized.
    pub fn new(serve: fn(&mut Node<S>), ids: &[&str]) -> Self {
        let mut cluster = Cluster {
            nodes: BTreeMap::new(),
            sent: Rc::default(),
            now: Duration::ZERO,
        };
        for id in ids {
            cluster.add(id, serve);
            cluster.ask(
                id,
                Object::new()
                    .with("type", "init")
                    .with("node_id", *id)
                    .with("node_ids", ids.to_vec()),
            );
        }
        cluster
    }

    /// Adds a node that is not initialized.
    pub fn add(&mut self, id: &str, serve: fn(&mut Node<S>)) {
        let sent = Rc::clone(&self.sent);
        let mut node = Node::new(move |line: &str| sent.borrow_mut().push(object(line)));
        serve(&mut node);
        self.nodes.insert(id.to_string(), node);
    }

    /// Returns the body of the reply to a client's request, after messages between nodes have arrived.
    pub fn request(&mut self, dest: &str, body: &str) -> Object {
        self.ask(dest, object(body))
    }

    /// Requires that a request gets a reply, of which in_reply_to is left out.
    pub fn expect(&mut self, dest: &str, body: &str, reply: &str) {
        assert_eq!(
            object(reply).with("in_reply_to", 1),
            self.request(dest, body),
            "{body} to {dest}"
        );
    }

    /// Runs every timer of every node once, and delivers what they send.
    pub fn tick(&mut self) {
        self.sent.borrow_mut().clear();
        self.now += Duration::from_secs(3600); // by then, every timer is due
        for node in self.nodes.values_mut() {
            node.tick(self.now);
        }
        self.deliver();
    }

    /// Gives a line to a node.
    pub fn receive(&mut self, dest: &str, line: &str) {
        self.nodes
            .get_mut(dest)
            .expect("the node is there")
            .receive(line);
    }

    fn ask(&mut self, dest: &str, body: Object) -> Object {
        self.sent.borrow_mut().clear();
        let message = Object::new()
            .with("src", "c1")
            .with("dest", dest)
            .with("body", body.with("msg_id", 1));
        self.receive(dest, &message.to_string());
        self.deliver();
        let sent = self.sent.borrow();
        let replies: Vec<_> = sent
            .iter()
            .filter(|m| m.field("dest") == Some(&"c1".into()))
            .collect();
        assert_eq!(1, replies.len(), "{replies:?}");
        replies[0].get("body").unwrap()
    }

    /// Delivers messages between nodes, also those that follow.
    fn deliver(&mut self) {
        for i in 0.. {
            let message = match self.sent.borrow().get(i) {
                Some(message) => message.clone(),
                None => return,
            };
            if let Some(node) = self.nodes.get_mut(&message.get::<String>("dest").unwrap()) {
                node.receive(&message.to_string());
            }
        }
    }
}

fn object(text: &str) -> Object {
    match Json::parse(text) {
        Ok(Json::Object(object)) => object,
        _ => panic!("not an object: {text}"),
    }
}
