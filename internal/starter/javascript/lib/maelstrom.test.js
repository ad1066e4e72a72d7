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
