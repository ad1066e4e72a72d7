import assert from "node:assert/strict";
import {test} from "node:test";
import * as Anchors from "../anchors.js";

test("a step of a story has the anchor of its message or operation", () => {
  assert.equal(Anchors.of({kind: "message", id: 123}), "m123");
  assert.equal(Anchors.of({kind: "operation", id: 0}), "op0");
  assert.equal(Anchors.of({kind: "message", id: -1}), "");
  assert.equal(Anchors.of({kind: "fault", id: 1}), "");
});

test("an anchor names a message, an operation or an element", () => {
  assert.deepEqual(Anchors.parse("m123"), {kind: "m", number: 123});
  assert.deepEqual(Anchors.parse("op17"), {kind: "op", number: 17});
  for (const other of ["", "why1", "messages", "m", "m1x", "op-1", "m" + "9".repeat(16)]) assert.equal(Anchors.parse(other), null);
});

test("a message that is not in the page leads to the cause that tells of it", () => {
  const step = (id) => ({kind: "message", id});
  const run = {causes: [{story: [step(1)]}, {story: null}, {story: [step(2), step(3)]}]};
  assert.equal(Anchors.causeWith(run, "m3"), "why3");
  assert.equal(Anchors.causeWith(run, "m4"), "");
});
