import assert from "node:assert/strict";
import test from "node:test";

import { Cluster } from "./cluster.js";
import { serve } from "./serve.js";

const read = (cluster, node) => cluster.request(node, { type: "read" }).value;

test("reads are the sum", () => {
  const cluster = new Cluster(serve, "n1", "n2");
  const max = 2 ** 53 - 1;
  for (const [node, delta] of [
    ["n1", max],
    ["n2", 4],
    ["n1", 0],
  ]) {
    cluster.request(node, { type: "add", delta });
  }
  // The second round changes nothing.
  for (let round = 0; round < 2; round++) {
    cluster.tick();
    for (const node of ["n1", "n2"]) {
      assert.equal(read(cluster, node), BigInt(max) + 4n);
    }
  }
});

test("old messages do not count back", () => {
  const cluster = new Cluster(serve, "n1", "n2");
  cluster.request("n1", { type: "add", delta: 5 });
  cluster.tick();
  cluster.receive("n2", {
    src: "n1",
    dest: "n2",
    body: { type: "gossip", totals: { n1: 2 } },
  });
  assert.equal(read(cluster, "n2"), 5);
});
