import assert from "node:assert/strict";
import {test} from "node:test";
import * as Causality from "../causality.js";
import {Emphasis} from "../emphasis.js";
import * as MessageIndex from "../messageindex.js";
import {Outcome} from "../outcome.js";
import {makeRun, random} from "./run.js";

const run = makeRun([
  "n0>n1 0 10", // 0
  "n2>n1 5 60", // 1: before n2 heard of anything
  "n1>n0 9 15", // 2: before n1 heard of 0
  "n1>n2 20 30", // 3: after 0
  "n2>n0 40 50", // 4: after 3
  "n0>n2 55 x65", // 5: after 4, and lost
  "n1>n0 70 -", // 6: after 0 and 1
]);

// marked returns the messages that are emphasized.
const marked = (marks) => [...marks.keys()].filter((m) => marks[m] === Emphasis.full);

test("the past of a message is what its sender knew, and the future what its receiver did", () => {
  for (const [m, past, future] of [
    [0, [], [3, 4, 5, 6]],
    [1, [], [6]],
    [2, [], [5]],
    [3, [0], [4, 5]],
    [4, [0, 3], [5]],
    [5, [0, 2, 3, 4], []],
    [6, [0, 1], []],
  ]) {
    const found = Causality.of(run, m, 0, run.duration);
    assert.deepEqual(marked(found.marks), [...past, ...future], `message ${m}`);
    assert.deepEqual([found.past, found.future], [past.length, future.length], `message ${m}`);
  }
});

test("only what is in the window counts", () => {
  assert.deepEqual(marked(Causality.of(run, 4, 15, 52).marks), [3]);
  assert.deepEqual(marked(Causality.of(run, 0, 0, 45).marks), [3, 4]);
  assert.equal(Causality.of(run, 0, 0, 9).future, 0, "it has not been received by then");
});

test("past and future are the transitive closure of 'received before sent by the receiver'", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const next = random(seed);
    let t = 0;
    const some = makeRun(Array.from({length: 40}, () => {
      const [from, to] = [next(4), next(4)];
      t += next(3);
      const done = next(8) === 0 ? "-" : `${next(6) === 0 ? "x" : ""}${t + next(12)}`;
      return `n${from}>n${to} ${t} ${done}`;
    }));
    const {sent, done, outcome, src, dest, count} = some.messages;
    // after[a][b]: b is in the future of a. Messages are numbered in the order of sending.
    const after = Array.from({length: count}, (_, a) => Array.from({length: count}, (_, b) =>
      a < b && outcome[a] === Outcome.received && dest[a] === src[b] && done[a] <= sent[b]));
    for (let via = 0; via < count; via++) {
      for (let a = 0; a < count; a++) {
        for (let b = 0; b < count; b++) after[a][b] ||= after[a][via] && after[via][b];
      }
    }
    assert.deepEqual([...MessageIndex.of(some).order], [...after.keys()]);
    for (let m = 0; m < count; m++) {
      const want = [...after.keys()].filter((o) => after[o][m] || after[m][o]);
      assert.deepEqual(marked(Causality.of(some, m, 0, some.duration).marks), want, `seed ${seed}, message ${m}`);
    }
  }
});
