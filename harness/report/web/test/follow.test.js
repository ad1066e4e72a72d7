import assert from "node:assert/strict";
import {test} from "node:test";
import * as Follow from "../follow.js";
import * as Spread from "../spread.js";
import {makeRun} from "./run.js";

test("a body carries a value as a whole word", () => {
  for (const body of ['{"message":5}', '{"messages":[1,5,2]}', "[5]", '{"a": 5 }', '{"msg_id":5,"message":5}', '{"5":1}']) {
    assert.ok(Follow.carries(body, "5"), body);
  }
  for (const body of ['{"message":15}', "[-5]", "[5.1]", "[1.5]", '"n5"', '"_5"', '"é5"', "[5e3]", '{"msg_id":5}', '{"in_reply_to" : 5}', "", "[55]"]) {
    assert.ok(!Follow.carries(body, "5"), body);
  }
  assert.ok(Follow.carries('{"key":"a b"}', '"a b"'));
  assert.ok(Follow.carries("[9007199254740993]", "9007199254740993"));
  assert.ok(!Follow.carries("[9007199254740992]", "9007199254740993"), "the next one, which is the same as a number of JavaScript");
});

test("pairs are ranges of integers", () => {
  for (const [body, n, is] of [
    ["[[3,9]]", 5n, true], ["[[3,9]]", 3n, true], ["[[ 3 , 9 ]]", 9n, true], ["[[3,9],[20,30]]", 25n, true], ["[[-9,-3]]", -5n, true],
    ["[[3,9]]", 10n, false], ["[3,6,9]", 5n, false], ["[3]", 3n, false], ["[[0,9007199254740992]]", 9007199254740993n, false],
  ]) assert.equal(Follow.spans(body, n), is, `${n} in ${body}`);
});

const messages = [
  'c0>n0 0 1 broadcast {"message":5}',
  "n0>n1 2 x4 gossip [[3,9]]",
  "n0>n2 2 8 gossip [5]",
  "n2>n1 9 12 gossip [15]",
  "n2>n1 10 20 gossip [5]",
  "n0>n1 30 40 gossip [5]",
  "n1>c0 50 60 read_ok [5]",
];

test("a value is followed, in sets of integers only where they are written so", () => {
  assert.deepEqual(Follow.value(makeRun(messages), "5"), [0, 1, 2, 4, 5, 6]);
  assert.deepEqual(Follow.value(makeRun(messages, {test: {workload: "kafka"}}), "5"), [0, 2, 4, 5, 6]);
  assert.deepEqual(Follow.value(makeRun(messages), '"n1"'), []);
});

test("news are what their receiver had not heard", () => {
  const run = makeRun(messages, {nodes: ["n0", "n1", "n2", "n3"]});
  const spread = Spread.of(run, Follow.value(run, "5"));
  assert.deepEqual(spread, {news: [0, 1, 2, 4], heard: [{party: 0, time: 1}, {party: 2, time: 8}, {party: 1, time: 20}], deaf: [3]});
  assert.equal(Spread.describe(run, spread), "n0 had it first, at 0.000 s; n1 was the last to get it, at 0.000 s; n3 never got it.");
  assert.equal(Spread.describe(run, Spread.of(run, [])), "");
});
