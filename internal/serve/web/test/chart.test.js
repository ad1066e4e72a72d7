import assert from "node:assert/strict";
import {test} from "node:test";
import {linear, logarithmic, span, ticks, trim} from "../static/chart.js";

test("ticks are round, and as many as there is room for", () => {
  assert.deepEqual(ticks(10, 4), [0, 5, 10]);
  assert.deepEqual(ticks(20, 4), [0, 5, 10, 15, 20]);
  assert.deepEqual(ticks(7.3, 4), [0, 2, 4, 6]);
  assert.deepEqual(ticks(0.4, 4).map(trim), ["0", "0.1", "0.2", "0.3", "0.4"]);
});

test("a linear scale begins at 0", () => {
  const scale = linear(50);
  assert.deepEqual([0, 25, 50].map(scale.share), [0, 0.5, 1]);
  assert.deepEqual(scale.ticks, [0, 20, 40]);
});

test("a logarithmic scale has whole decades", () => {
  const scale = logarithmic(2e6, 7e7);
  assert.deepEqual(scale.ticks, [1e6, 1e7, 1e8]);
  assert.deepEqual([1e6, 1e7, 1e8].map((v) => Math.round(scale.share(v) * 1e9) / 1e9), [0, 0.5, 1]);
  assert.deepEqual(logarithmic(1e6, 1e6).ticks, [1e6, 1e7], "one value has a decade");
});

test("times have a unit that suits them", () => {
  assert.deepEqual([1500, 2.5e6, 1.23456e9, 3e9].map(span), ["1.5 µs", "2.5 ms", "1.23 s", "3 s"]);
});
