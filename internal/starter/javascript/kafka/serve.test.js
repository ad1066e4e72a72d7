import assert from "node:assert/strict";
import test from "node:test";

import { Cluster } from "./cluster.js";
import { serve } from "./serve.js";

test("one log for all nodes", () => {
  const cluster = new Cluster(serve, "n1", "n2");
  const offsets = ["n1", "n2", "n2"].map(
    (node) =>
      cluster.request(node, { type: "send", key: "k", msg: node }).offset,
  );
  assert.deepEqual(offsets, [0, 1, 2]);
  for (const node of ["n1", "n2"]) {
    const { msgs } = cluster.request(node, {
      type: "poll",
      offsets: { k: 1, other: 0 },
    });
    assert.deepEqual(msgs, {
      k: [
        [1, "n2"],
        [2, "n2"],
      ],
      other: [],
    });
  }
});

test("committed offsets do not go back", () => {
  const cluster = new Cluster(serve, "n1", "n2");
  for (const [node, offset] of [
    ["n2", 5],
    ["n1", 3],
  ]) {
    cluster.request(node, { type: "commit_offsets", offsets: { k: offset } });
  }
  const { offsets } = cluster.request("n2", {
    type: "list_committed_offsets",
    keys: ["k", "other"],
  });
  assert.deepEqual(offsets, { k: 5 });
});

test("errors of the leader are passed on", () => {
  const cluster = new Cluster(serve, "n1", "n2");
  assert.equal(
    cluster.request("n2", { type: "poll", offsets: { k: -1 } }).code,
    12,
  );
});
