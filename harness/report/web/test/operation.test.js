import assert from "node:assert/strict";
import {test} from "node:test";
import * as Operation from "../operation.js";
import {makeOps, makeRun} from "./run.js";

const run = makeRun([
  'c0>n0 10 11 broadcast {"message":5}',
  "n0>n1 12 15 gossip [5]",
  "n0>c0 20 22 broadcast_ok {}",
  'c0>n0 40 x41 broadcast {"message":6}',
  "n0>n1 50 60 gossip [5,6]",
  "n1>c1 70 80 read_ok [5]",
], {
  clients: new Map([["0", 0], ["1", 3], ["2", -1]]), duration: 100,
  ops: makeOps(
    [0, "invoke", "broadcast", "5", 10, 1], [0, "ok", "broadcast", "5", 22, 0],
    ["nemesis", "info", "start-partition", '"one"', 30],
    [0, "invoke", "broadcast", "6", 40, 4], [0, "info", "broadcast", "6", 90, 3],
    [1, "invoke", "read", "null", 70], [2, "ok", "read", "[]", 75]),
});

test("an operation is its invocation and its completion", () => {
  for (const index of [0, 1]) {
    const {first, last} = Operation.of(run, index);
    assert.deepEqual([first.index, last.index], [0, 1]);
  }
  assert.equal(Operation.of(run, 2), null, "the nemesis' is none");
  assert.equal(Operation.of(run, -1), null);
  assert.equal(Operation.of(run, 5).last, undefined);
  assert.equal(Operation.of(run, 6).first, undefined);
  assert.deepEqual([0, 3, 5, 6].map((index) => Operation.outcome(Operation.of(run, index))), ["ok", "info", "open", "ok"]);
});

test("what may still happen lasts until the run ends", () => {
  assert.deepEqual(Operation.span(run, Operation.of(run, 1)), {from: 10, to: 22});
  assert.deepEqual(Operation.span(run, Operation.of(run, 4)), {from: 40, to: 100});
  assert.deepEqual(Operation.span(run, Operation.of(run, 5)), {from: 70, to: 100});
});

test("its messages are those of its client meanwhile", () => {
  const messages = (index) => Operation.messages(run, Operation.of(run, index));
  assert.deepEqual([0, 3, 5, 6].map(messages), [[0, 2], [3], [5], []]);
});

test("servers carry what it is about", () => {
  const carriers = (index, limit) => Operation.carriers(run, Operation.of(run, index), limit);
  assert.deepEqual(carriers(0), [1, 4]);
  assert.deepEqual(carriers(0, 1), [1]);
  assert.deepEqual(carriers(3), [4]);
  assert.deepEqual(carriers(5), []);
});

test("it is about a scalar, or the last number written", () => {
  for (const [value, subject] of [
    ["5", "5"], ['"a"', '"a"'], ["null", ""], ["true", ""], ['{"k":5}', ""], ["", ""], ['[["r",4,null]]', ""],
    ['[["append",5,17],["r",4,null]]', "17"], ['["k",-2.5e3]', "-2.5e3"], ["[]", ""],
  ]) assert.equal(Operation.subject({first: {value}}), subject, value);
  assert.equal(Operation.subject({}), "");
});
