import assert from "node:assert/strict";
import {test} from "node:test";
import {Buckets} from "../static/buckets.js";

test("an update adds buckets, and replaces those that have changed", () => {
  const buckets = new Buckets(1e8);
  buckets.merge([{number: 0, ok: 1}, {number: 3, ok: 2}]);
  buckets.merge([{number: 3, ok: 5}, {number: 1, ok: 4}]);
  assert.deepEqual(buckets.ordered(), [{number: 0, ok: 1}, {number: 1, ok: 4}, {number: 3, ok: 5}]);
  assert.deepEqual(new Buckets(1e8).ordered(), []);
});

test("outcomes are stacked, per second", () => {
  assert.deepEqual(new Buckets(2e8).stack({ok: 4, fail: 0, info: 1}), [
    {outcome: "ok", low: 0, high: 20}, {outcome: "fail", low: 20, high: 20}, {outcome: "info", low: 20, high: 25},
  ]);
});
