import assert from "node:assert/strict";
import test from "node:test";

import { Cluster } from "./cluster.js";
import { serve } from "./serve.js";

test("values reach everybody", () => {
  const cluster = new Cluster(serve, "n1", "n2", "n3");
  const line = { n1: ["n2"], n2: ["n1", "n3"], n3: ["n2"] };
  const read = (node) =>
    cluster.request(node, { type: "read" }).messages.sort();
  for (const node of Object.keys(line)) {
    cluster.request(node, { type: "topology", topology: line });
  }
  cluster.request("n1", { type: "broadcast", message: 7 });
  cluster.request("n3", { type: "broadcast", message: 8 });
  assert.deepEqual(read("n1"), [7]);
  cluster.tick();
  cluster.tick();
  for (const node of Object.keys(line)) {
    assert.deepEqual(read(node), [7, 8], node);
  }
});

test("a value that is no integer is refused", () => {
  const cluster = new Cluster(serve, "n1");
  assert.equal(
    cluster.request("n1", { type: "broadcast", message: "7" }).code,
    12,
  );
  assert.deepEqual(cluster.request("n1", { type: "read" }).messages, []);
});
