import assert from "node:assert/strict";
import {test} from "node:test";
import * as MessageIndex from "../messageindex.js";
import {makeRun, random} from "./run.js";

// onTheWay returns the messages that each passes to its callback.
function onTheWay(index, from, to) {
  const found = [];
  index.each(from, to, (m) => found.push(m));
  return found;
}

test("each finds the messages on their way in a window", () => {
  const next = random(7);
  const run = makeRun(Array.from({length: 2000}, (_, i) => {
    const sent = 10 * i + next(10);
    return `n0>n1 ${sent} ${i % 300 === 7 ? "-" : sent + (i % 500 === 3 ? 9000 : next(50))}`;
  }));
  const index = MessageIndex.of(run);
  const {sent} = run.messages;
  for (let i = 0; i < 100; i++) {
    const from = next(run.duration), to = from + next(300);
    const want = [...sent.keys()].filter((m) => sent[m] <= to && index.end[m] >= from);
    assert.deepEqual(onTheWay(index, from, to), want, `${from} to ${to}`);
    assert.equal(index.firstSent(from), sent.filter((t) => t < from).length);
  }
  assert.equal(index.firstSent(run.duration + 1), 2000);
});

test("a message under way ends with the run", () => {
  const index = MessageIndex.of(makeRun(["n0>n1 0 -", "n0>n1 5 30", "n0>n1 40 x41"]));
  assert.deepEqual([...index.end], [41, 30, 41]);
  assert.deepEqual([...index.inOrderOfEnd()], [1, 0, 2]);
});

test("messages are in the order of sending", () => {
  const run = makeRun(["n0>n1 30 31", "n0>n1 10 50", "n0>n1 20 25", "n0>n1 10 11"]);
  const index = MessageIndex.of(run);
  assert.deepEqual([...index.order], [1, 3, 2, 0]);
  assert.deepEqual([...index.rank], [3, 0, 2, 1]);
  assert.deepEqual(onTheWay(index, 12, 25), [1, 2]);
  assert.equal(MessageIndex.of(run), index, "it is built once");
});

test("a run without messages has an index", () => {
  const index = MessageIndex.of(makeRun([]));
  assert.deepEqual(onTheWay(index, 0, 1e9), []);
  assert.equal(index.firstSent(0), 0);
});
