import assert from "node:assert/strict";
import test from "node:test";

import { Cluster } from "./cluster.js";
import { serve } from "./serve.js";

test("a transaction sees its own writes", () => {
  const cluster = new Cluster(serve, "n1");
  const { txn } = cluster.request("n1", {
    type: "txn",
    txn: [
      ["r", 1, null],
      ["w", 1, 6],
      ["r", 1, null],
    ],
  });
  assert.deepEqual(txn, [
    ["r", 1, null],
    ["w", 1, 6],
    ["r", 1, 6],
  ]);
});

test("the last write wins everywhere", () => {
  const cluster = new Cluster(serve, "n1", "n2");
  for (const [node, key, value] of [
    ["n1", 1, 10],
    ["n2", 1, 20],
    ["n1", 2, 11],
    ["n1", 2, 12],
  ]) {
    cluster.request(node, { type: "txn", txn: [["w", key, value]] });
  }
  // The second round changes nothing.
  for (let round = 0; round < 2; round++) {
    cluster.tick();
    for (const node of ["n1", "n2"]) {
      const { txn } = cluster.request(node, {
        type: "txn",
        txn: [
          ["r", 1, null],
          ["r", 2, null],
        ],
      });
      assert.deepEqual(
        txn,
        [
          ["r", 1, 20],
          ["r", 2, 12],
        ],
        node,
      );
    }
  }
});

test("a malformed transaction does nothing", () => {
  const cluster = new Cluster(serve, "n1");
  assert.equal(
    cluster.request("n1", {
      type: "txn",
      txn: [
        ["w", 1, 6],
        ["x", 1, 7],
      ],
    }).code,
    12,
  );
  const { txn } = cluster.request("n1", { type: "txn", txn: [["r", 1, null]] });
  assert.deepEqual(txn, [["r", 1, null]]);
});
