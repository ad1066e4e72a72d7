import assert from "node:assert/strict";
import test from "node:test";

import { Cluster } from "./cluster.js";
import { serve } from "./serve.js";

test("ids differ", () => {
  const cluster = new Cluster(serve, "n1", "n2");
  const ids = new Set();
  for (let i = 0; i < 100; i++) {
    ids.add(cluster.request("n1", { type: "generate" }).id);
    ids.add(cluster.request("n2", { type: "generate" }).id);
  }
  assert.equal(ids.size, 200);
});
