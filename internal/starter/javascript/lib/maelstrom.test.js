import assert from "node:assert/strict";
import test from "node:test";

import { Cluster } from "./cluster.js";
import { check, Node, RPCError } from "./maelstrom.js";

test("replies", () => {
  const cluster = new Cluster((node) => {
    node.on("double", ({ body }) => ({ value: 2 * body.value }));
    node.on("fail", () => {
      throw new RPCError(22, "precondition failed");
    });
    node.on("refuse", () => check(false, "no"));
  }, "n1");
  assert.deepEqual(cluster.request("n1", { type: "double", value: 3 }), {
    type: "double_ok",
    value: 6,
    in_reply_to: 1,
  });
  assert.equal(cluster.request("n1", { type: "fail" }).code, 22);
  assert.equal(cluster.request("n1", { type: "refuse" }).code, 12);
  assert.equal(cluster.request("n1", { type: "unknown" }).code, 10);
});

test("errors do not end the node", (t) => {
  t.mock?.method(console, "error", () => {});
  const cluster = new Cluster(
    (node) => node.on("length", ({ body }) => ({ value: body.list.length })),
    "n1",
  );
  assert.equal(cluster.request("n1", { type: "length" }).code, 13);
  for (const line of [
    "",
    "{",
    "[]",
    "null",
    '{"body": 1}',
    '{"body": {}}',
    '{"src": "c1", "dest": 1, "body": {"type": "length"}}',
  ]) {
    cluster.nodes.get("n1").receive(line);
  }
  assert.equal(cluster.request("n1", { type: "length", list: [1] }).value, 1);
});

test("requests before init are refused", () => {
  const lines = [];
  const node = new Node((line) => lines.push(line));
  node.on("read", () => ({}));
  node.receive(
    '{"src": "c1", "dest": "n1", "body": {"type": "read", "msg_id": 0}}',
  );
  const body = {
    type: "error",
    code: 11,
    text: "this node has not been initialized",
    in_reply_to: 0,
  };
  assert.deepEqual(JSON.parse(lines.join()), { src: "n1", dest: "c1", body });
});

test("calls", () => {
  const cluster = new Cluster(
    (node) => {
      node.on("who", () => ({ id: node.id }));
      node.on("ask", (message) =>
        node.call("n2", { type: "who" }, ({ id }) =>
          node.reply(message, { id }),
        ),
      );
    },
    "n1",
    "n2",
  );
  assert.deepEqual(cluster.request("n1", { type: "ask" }), {
    type: "ask_ok",
    id: "n2",
    in_reply_to: 1,
  });
  cluster.receive("n1", {
    src: "n2",
    dest: "n1",
    body: { type: "who_ok", in_reply_to: 1, id: "again" },
  });
});

// Returns a node that is initialized, and the list of what it sends.
function start(clock, serve) {
  const sent = [];
  process.env.GLOMERS_CLOCK = clock;
  const node = new Node((line) => sent.push(JSON.parse(line)));
  delete process.env.GLOMERS_CLOCK;
  serve(node);
  receive(node, 0, { type: "init", node_id: "n1", node_ids: ["n1"] });
  return { node, sent };
}

function receive(node, now, body) {
  const message = { src: "clock", dest: "n1", now, body };
  node.receive(JSON.stringify(message));
}

test("virtual timers", () => {
  const times = [];
  const { node, sent } = start("virtual", (node) =>
    node.every(200, () => times.push(node.now())),
  );
  const body = { type: "sleep", ms: 200, msg_id: 1 };
  assert.deepEqual(sent, [{ src: "n1", dest: "clock", body }]);
  assert.deepEqual(times, []);
  for (const now of [200.5, 400.5]) {
    const reply = { type: "sleep_ok", in_reply_to: body.msg_id };
    receive(node, now, reply);
    receive(node, now, reply); // changes nothing
    body.msg_id++;
    assert.deepEqual(sent.at(-1).body, body);
  }
  assert.deepEqual(times, [200.5, 400.5]);
});

test("idle is answered after what precedes it", () => {
  const { node, sent } = start("virtual", (node) =>
    node.every(200, () => node.send("n2", { type: "hello" })),
  );
  receive(node, 200, { type: "sleep_ok", in_reply_to: 1 });
  receive(node, 200, { type: "idle", msg_id: 7 });
  const types = sent.map((message) => message.body.type);
  assert.deepEqual(types, ["sleep", "hello", "sleep", "idle_ok"]);
  const body = { type: "idle_ok", in_reply_to: 7 };
  assert.deepEqual(sent.at(-1), { src: "n1", dest: "clock", body });
});

test("idle before init", () => {
  const lines = [];
  receive(new Node((line) => lines.push(line)), 0, { type: "idle", msg_id: 7 });
  const body = { type: "idle_ok", in_reply_to: 7 };
  assert.deepEqual(JSON.parse(lines.join()), {
    src: "n1",
    dest: "clock",
    body,
  });
});

test("own timers", async () => {
  const alive = setInterval(() => {}, 1000); // timers of a node keep nothing alive
  await new Promise((resolve) => {
    const { node, sent } = start("", (node) => node.every(1, resolve));
    assert.deepEqual(sent, []);
    assert.ok(node.now() > 1e12);
  });
  clearInterval(alive);
});
