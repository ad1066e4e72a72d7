//! The protocol of Maelstrom: a node reads messages from stdin and writes messages to stdout, each a line of JSON.
//!
//! Handlers, timers and callbacks run one at a time, so a node needs no locks.
//!
//! If GLOMERS_CLOCK is "virtual", time is that of the harness: each line says what time it is, and the service "clock" has timers.

pub mod cluster;
mod json;

use std::collections::HashMap;
use std::env;
use std::io::{self, BufRead, Write};
use std::panic::{self, AssertUnwindSafe};
use std::process;
use std::rc::Rc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub use json::{FromJson, Json, Object, WrongKind};

#[derive(Clone, Debug)]
pub struct Message {
    pub src: String,
    pub dest: String,
    pub kind: String, // the type of the body
    pub body: Object,
}

/// An error reply. `glomers help errors` explains the codes.
#[derive(Debug)]
pub struct Error {
    pub code: i64,
    pub text: String,
}

impl Error {
    pub fn new(code: i64, text: impl Into<String>) -> Self {
        Error {
            code,
            text: text.into(),
        }
    }
}

impl From<WrongKind> for Error {
    fn from(wrong: WrongKind) -> Self {
        Error::new(12, wrong.to_string())
    }
}

/// The body of a reply, whose type is KIND_ok unless it has one, or None for no reply.
pub type Answer = Result<Option<Object>, Error>;

type Handler<S> = Rc<dyn Fn(&mut Node<S>, &Message) -> Answer>;
type Callback<S> = Box<dyn FnOnce(&mut Node<S>, &Object)>;

struct Timer<S> {
    due: Duration, // since the start
    interval: Duration,
    function: fn(&mut Node<S>),
}

/// A node whose program has the state S.
pub struct Node<S> {
    pub id: String,       // of this node; empty before it is initialized
    pub ids: Vec<String>, // of all nodes, in the same order everywhere
    pub state: S,
    write: Box<dyn FnMut(&str)>, // takes one line
    handlers: HashMap<String, Handler<S>>,
    callbacks: HashMap<i64, Callback<S>>, // by the msg_id of the request
    timers: Vec<Timer<S>>,
    last_msg_id: i64,
    virtual_now: Option<Duration>, // since the start of the run; None if time is not virtual
}

impl<S: Default + 'static> Node<S> {
    pub fn new(write: impl FnMut(&str) + 'static) -> Self {
        let mut node = Node {
            id: String::new(),
            ids: Vec::new(),
            state: S::default(),
            write: Box::new(write),
            handlers: HashMap::new(),
            callbacks: HashMap::new(),
            timers: Vec::new(),
            last_msg_id: 0,
            virtual_now: None,
        };
        node.on("init", |node, message| {
            (node.id, node.ids) = (message.body.get("node_id")?, message.body.get("node_ids")?);
            if node.virtual_now.is_some() {
                for i in 0..node.timers.len() {
                    node.sleep(node.timers[i].interval, node.timers[i].function);
                }
            }
            Ok(Some(Object::new()))
        });
        node.on("idle", |_, _| Ok(Some(Object::new()))); // asks whether all that was asked for is done
        node
    }

    /// Lets the harness say what time it is, from zero.
    pub fn use_virtual_time(&mut self) {
        self.virtual_now = Some(Duration::ZERO);
    }

    /// Returns the time since 1970 or, in virtual time, since the start of the run.
    pub fn now(&self) -> Duration {
        self.virtual_now.unwrap_or_else(|| {
            let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
            since_1970.expect("the clock is later than 1970")
        })
    }

    /// Registers the handler of a type of message.
    pub fn on(&mut self, kind: &str, handler: impl Fn(&mut Node<S>, &Message) -> Answer + 'static) {
        self.handlers.insert(kind.to_string(), Rc::new(handler));
    }

    /// Calls a function again and again, from the time when the node is initialized.
    pub fn every(&mut self, interval: Duration, function: fn(&mut Node<S>)) {
        self.timers.push(Timer {
            due: Duration::ZERO,
            interval,
            function,
        });
        if self.virtual_now.is_some() && !self.id.is_empty() {
            self.sleep(interval, function);
        }
    }

    /// Lets the service clock call a function again and again.
    fn sleep(&mut self, interval: Duration, function: fn(&mut Node<S>)) {
        let ms = Json::Number((interval.as_secs_f64() * 1000.0).to_string());
        self.call(
            "clock",
            Object::new().with("type", "sleep").with("ms", ms),
            move |node, _| {
                function(node);
                node.sleep(interval, function);
            },
        );
    }

    /// Sends a message that gets no reply.
    pub fn send(&mut self, dest: &str, body: Object) {
        let src = self.id.clone();
        self.send_from(&src, dest, body);
    }

    /// Sends a request. When its reply comes, which may be never, the callback gets the body, perhaps that of an error.
    pub fn call(
        &mut self,
        dest: &str,
        body: Object,
        callback: impl FnOnce(&mut Node<S>, &Object) + 'static,
    ) {
        self.last_msg_id += 1;
        self.callbacks.insert(self.last_msg_id, Box::new(callback));
        self.send(dest, body.with("msg_id", self.last_msg_id));
    }

    /// Answers a request, for handlers that returned None.
    pub fn reply(&mut self, request: &Message, body: Object) {
        let msg_id = match request.body.field("msg_id") {
            None | Some(Json::Null) => return,
            Some(id) => id.clone(),
        };
        let kind = body
            .field("type")
            .cloned()
            .unwrap_or_else(|| format!("{}_ok", request.kind).into());
        self.send_from(
            &request.dest,
            &request.src,
            body.with("type", kind).with("in_reply_to", msg_id),
        );
    }

    /// Handles one line. What follows from it has been written when receive returns.
    pub fn receive(&mut self, line: &str) {
        let message = match parse(line) {
            Ok((message, now)) => {
                self.virtual_now = self.virtual_now.map(|_| now);
                message
            }
            Err(e) => {
                eprintln!(
                    "not a message ({e}): {}",
                    line.chars().take(200).collect::<String>()
                );
                return;
            }
        };
        if message.body.field("in_reply_to").is_some() {
            let callback = message
                .body
                .get("in_reply_to")
                .ok()
                .and_then(|id: i64| self.callbacks.remove(&id));
            if let Some(callback) = callback {
                callback(self, &message.body); // otherwise it is the second reply
            }
            return;
        }
        match self.handle(&message) {
            Ok(Some(body)) => self.reply(&message, body),
            Ok(None) => {}
            Err(e) => self.reply(
                &message,
                Object::new()
                    .with("type", "error")
                    .with("code", e.code)
                    .with("text", e.text),
            ),
        }
    }

    fn handle(&mut self, message: &Message) -> Answer {
        let handler = self.handlers.get(&message.kind).cloned();
        let handler = handler.ok_or_else(|| {
            Error::new(
                10,
                format!("this node does not understand {}", message.kind),
            )
        })?;
        if self.id.is_empty() && !["init", "idle"].contains(&message.kind.as_str()) {
            return Err(Error::new(11, "this node has not been initialized"));
        }
        // The node goes on after a panic, whose message is on stderr.
        panic::catch_unwind(AssertUnwindSafe(|| handler(self, message))).unwrap_or_else(|_| {
            Err(Error::new(
                13,
                format!("the handler of {} panicked", message.kind),
            ))
        })
    }

    /// Calls the functions that are due at a time since the start, and returns how long it is until the next one is due.
    pub fn tick(&mut self, now: Duration) -> Option<Duration> {
        if self.id.is_empty() || self.virtual_now.is_some() {
            return None;
        }
        for i in 0..self.timers.len() {
            if self.timers[i].due <= now {
                self.timers[i].due = now + self.timers[i].interval;
                (self.timers[i].function)(self);
            }
        }
        self.timers.iter().map(|timer| timer.due - now).min()
    }

    /// Handles messages and timers until stdin ends.
    pub fn run(&mut self) {
        if env::var("GLOMERS_CLOCK").as_deref() == Ok("virtual") {
            self.use_virtual_time();
            return read_lines(|line| self.receive(&line));
        }
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || read_lines(|line| sender.send(line).expect("run still receives")));
        let start = Instant::now();
        loop {
            let next = match self.tick(start.elapsed()) {
                Some(wait) => lines.recv_timeout(wait),
                None => lines.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match next {
                Ok(line) => self.receive(&line),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn send_from(&mut self, src: &str, dest: &str, body: Object) {
        let message = Object::new()
            .with("src", src)
            .with("dest", dest)
            .with("body", body);
        (self.write)(&message.to_string());
    }
}

/// Writes a line to stdout, at once.
pub fn write_line(line: &str) {
    let mut stdout = io::stdout().lock();
    if let Err(e) = writeln!(stdout, "{line}").and_then(|()| stdout.flush()) {
        eprintln!("stdout: {e}");
        process::exit(1);
    }
}

fn read_lines(mut receive: impl FnMut(String)) {
    for line in io::stdin().lock().split(b'\n').map_while(Result::ok) {
        match String::from_utf8(line) {
            Ok(line) => receive(line),
            Err(e) => eprintln!("not a message ({e})"),
        }
    }
}

/// Reads a message and what time it is, which is zero unless time is virtual.
fn parse(line: &str) -> Result<(Message, Duration), String> {
    let message = match Json::parse(line)? {
        Json::Object(object) => object,
        _ => return Err("not an object".to_string()),
    };
    let ms: f64 = match message.field("now") {
        Some(Json::Number(ms)) => ms.parse().unwrap_or(0.0),
        _ => 0.0,
    };
    let now = Duration::from_nanos((ms * 1e6).round() as u64);
    let read = || {
        let body: Object = message.get("body")?;
        Ok(Message {
            src: message.get("src")?,
            dest: message.get("dest")?,
            kind: body.get("type")?,
            body,
        })
    };
    let message: Result<Message, WrongKind> = read();
    message.map(|m| (m, now)).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::cluster::Cluster;
    use super::*;

    fn serve(node: &mut Node<()>) {
        node.on("twice", |_, message| {
            let value: i64 = message.body.get("value")?;
            Ok(Some(Object::new().with("value", 2 * value)))
        });
        node.on("refuse", |_, _| Err(Error::new(22, "precondition failed")));
        node.on("panic", |_, _| panic!("as it should"));
        node.on("who", |node, _| {
            Ok(Some(Object::new().with("id", node.id.as_str())))
        });
        node.on("ask", |node, message| {
            let request = message.clone();
            node.call(
                "n2",
                Object::new().with("type", "who"),
                move |node, reply| {
                    let id: Json = reply.get("id").unwrap();
                    node.reply(&request, Object::new().with("id", id));
                },
            );
            Ok(None)
        });
    }

    #[test]
    fn replies() {
        let mut c = Cluster::new(serve, &["n1"]);
        c.expect(
            "n1",
            r#"{"type":"twice","value":3}"#,
            r#"{"type":"twice_ok","value":6}"#,
        );
        c.expect(
            "n1",
            r#"{"type":"twice","value":"3"}"#,
            r#"{"type":"error","code":12,"text":"value: want an integer"}"#,
        );
        c.expect(
            "n1",
            r#"{"type":"refuse"}"#,
            r#"{"type":"error","code":22,"text":"precondition failed"}"#,
        );
        c.expect(
            "n1",
            r#"{"type":"halve"}"#,
            r#"{"type":"error","code":10,"text":"this node does not understand halve"}"#,
        );
    }

    #[test]
    fn errors_do_not_end_the_node() {
        let mut c = Cluster::new(serve, &["n1"]);
        c.expect(
            "n1",
            r#"{"type":"panic"}"#,
            r#"{"type":"error","code":13,"text":"the handler of panic panicked"}"#,
        );
        for line in [
            "",
            "{",
            "[]",
            "7",
            r#"{"body":1}"#,
            r#"{"body":{}}"#,
            r#"{"src":"c1","dest":"n1","body":{"type":7}}"#,
        ] {
            c.receive("n1", line);
        }
        c.expect(
            "n1",
            r#"{"type":"twice","value":3}"#,
            r#"{"type":"twice_ok","value":6}"#,
        );
    }

    #[test]
    fn calls() {
        let mut c = Cluster::new(serve, &["n1", "n2"]);
        c.expect("n1", r#"{"type":"ask"}"#, r#"{"type":"ask_ok","id":"n2"}"#);
        let sent = c.sent.borrow().len();
        c.receive(
            "n1",
            r#"{"src":"n2","dest":"n1","body":{"type":"who_ok","in_reply_to":1,"id":"again"}}"#,
        );
        assert_eq!(sent, c.sent.borrow().len());
    }

    #[test]
    fn before_init() {
        let mut c = Cluster::new(serve, &[]);
        c.add("n1", serve);
        c.receive(
            "n1",
            r#"{"src":"c1","dest":"n1","body":{"type":"who","msg_id":0}}"#,
        );
        let error: Object = c.sent.borrow()[0].get("body").unwrap();
        assert_eq!(11, error.get::<i64>("code").unwrap());
        assert_eq!("n1", c.sent.borrow()[0].get::<String>("src").unwrap());
    }

    fn greeter(node: &mut Node<()>) {
        node.every(Duration::from_millis(200), |node| {
            let now = node.now().as_millis() as i64;
            node.send("n2", Object::new().with("type", "hello").with("now", now));
        });
    }

    const INIT: &str = r#"{"type":"init","node_id":"n1","node_ids":["n1"]}"#;

    fn from_clock(c: &mut Cluster<()>, now: &str, body: &str) {
        let line = format!(r#"{{"src":"clock","dest":"n1","now":{now},"body":{body}}}"#);
        c.receive("n1", &line);
    }

    fn bodies(c: &Cluster<()>) -> Vec<String> {
        let sent = c.sent.borrow();
        let bodies = sent.iter().map(|m| m.field("body").unwrap().to_string());
        bodies.collect()
    }

    #[test]
    fn virtual_timers() {
        let mut c = Cluster::new(greeter, &[]);
        c.add("n1", greeter);
        c.nodes.get_mut("n1").unwrap().use_virtual_time();
        from_clock(&mut c, "0", INIT);
        let sleep = r#"{"ms":200,"msg_id":1,"type":"sleep"}"#;
        assert_eq!(vec![sleep], bodies(&c));
        assert_eq!("clock", c.sent.borrow()[0].get::<String>("dest").unwrap());
        for _ in 0..2 {
            // The second one changes nothing.
            from_clock(&mut c, "200.5", r#"{"type":"sleep_ok","in_reply_to":1}"#);
        }
        from_clock(&mut c, "200.5", r#"{"type":"idle","msg_id":7}"#);
        let want = [
            sleep,
            r#"{"now":200,"type":"hello"}"#,
            r#"{"ms":200,"msg_id":2,"type":"sleep"}"#,
            r#"{"in_reply_to":7,"type":"idle_ok"}"#,
        ];
        assert_eq!(want.to_vec(), bodies(&c));
    }

    #[test]
    fn idle_before_init() {
        let mut c = Cluster::new(greeter, &[]);
        c.add("n1", greeter);
        from_clock(&mut c, "0", r#"{"type":"idle","msg_id":7}"#);
        assert_eq!(vec![r#"{"in_reply_to":7,"type":"idle_ok"}"#], bodies(&c));
    }

    #[test]
    fn own_timers() {
        let mut c = Cluster::new(greeter, &[]);
        c.add("n1", greeter);
        from_clock(&mut c, "0", INIT);
        assert!(c.sent.borrow().is_empty());
        c.tick();
        assert_eq!(1, c.sent.borrow().len());
        assert_eq!("n2", c.sent.borrow()[0].get::<String>("dest").unwrap());
    }
}
