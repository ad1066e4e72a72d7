import assert from "node:assert/strict";
import {test} from "node:test";
import * as Faults from "../faults.js";
import {makeRun} from "./run.js";

const run = makeRun([], {nodes: ["n0", "n1", "n2", "lww", "n3"]});
const [n0, n1, n2, n3] = [0, 1, 2, 4];

// cut returns the links between two groups, both ways.
const cut = (some, others) => some.flatMap((a) => others.flatMap((b) => [[a, b], [b, a]]));

test("islands are nodes that reach each other, maybe by way of others", () => {
  const islands = (links) => {
    const {island, count} = Faults.islands(run, links);
    return [count, [...island.entries()].sort(([a], [b]) => a - b)];
  };
  assert.deepEqual(islands([]), [1, [[n0, 0], [n1, 0], [n2, 0], [n3, 0]]]);
  assert.deepEqual(islands(cut([n0, n2], [n1, n3])), [2, [[n0, 0], [n1, 1], [n2, 0], [n3, 1]]]);
  assert.deepEqual(islands(cut([n0, n1], [n3])), [1, [[n0, 0], [n1, 0], [n2, 0], [n3, 0]]], "n2 reaches all: a bridge");
  assert.deepEqual(islands(cut([n0], [n1, n2, n3]).slice(1)), [1, [[n0, 0], [n1, 0], [n2, 0], [n3, 0]]], "one link is cut one way only");
  assert.deepEqual(islands(cut([n0], [n1, n2, n3]).concat(cut([n1], [n2, n3]), cut([n2], [n3])))[0], 4);
});

test("a fault is in force until it ends, or to the end", () => {
  const [early, late] = [{name: "partition", begin: 10, end: 20}, {name: "kill", begin: 15, nodes: [n1]}];
  const during = (t) => Faults.during({faults: [early, late]}, t);
  assert.deepEqual([9, 10, 15, 20, 1e12].map(during), [[], [early], [early, late], [late], [late]]);
});

test("faults of nodes are not shown on the network", () => {
  assert.ok(Faults.stopsNode({name: "damage", nodes: [n1]}));
  assert.ok(Faults.stopsNode({name: "kill", nodes: [n1]}));
  assert.ok(Faults.stopsNode({name: "pause", nodes: [n1]}));
  assert.ok(!Faults.stopsNode({name: "pause", nodes: []}));
  assert.ok(!Faults.stopsNode({name: "partition", nodes: [n1]}));
});
