import assert from "node:assert/strict";
import test from "node:test";

import { Cluster } from "./cluster.js";
import { serve } from "./serve.js";

test("the echo is what was sent", () => {
  const cluster = new Cluster(serve, "n1");
  for (const value of ["hello", 2n ** 63n, [null, { a: 1.5 }]]) {
    assert.deepEqual(
      cluster.request("n1", { type: "echo", echo: value }).echo,
      value,
    );
  }
});
