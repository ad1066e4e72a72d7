import assert from "node:assert/strict";
import {test} from "node:test";
import * as Properties from "../properties.js";

test("what was seen of a property is said in a row", () => {
  const first = {node: "n2", "time-ns": 1500000000};
  for (const [property, row] of [
    [{kind: "always", name: "a"}, ["always", "a", "never checked", "", ""]],
    [{kind: "always", name: "a", held: 1, nodes: ["n1", "n2"], first}, ["always", "a", "held once", "1.500 s", "n1, n2"]],
    [{kind: "always", name: "a", held: 7, failed: 2, nodes: ["n1"], first: {node: "n1", "time-ns": 1}, violations: [first]}, ["always", "a", "violated 2 times", "1.500 s", "n2"]],
    [{kind: "sometimes", name: "s", failed: 1234}, ["sometimes", "s", "never true, checked 1,234 times", "", ""]],
    [{kind: "sometimes", name: "s"}, ["sometimes", "s", "never checked", "", ""]],
    [{kind: "sometimes", name: "s", held: 3, failed: 9, nodes: ["n2"], first}, ["sometimes", "s", "true 3 times", "1.500 s", "n2"]],
    [{kind: "reachable", name: "r"}, ["reachable", "r", "never reached", "", ""]],
    [{kind: "unreachable", name: "u", held: 1, nodes: ["n2"], first, violations: [first]}, ["unreachable", "u", "reached once", "1.500 s", "n2"]],
    [{kind: "extremes", name: "e"}, ["extremes", "e", "never seen", "", ""]],
    [{kind: "extremes", name: "e", smallest: {value: -1}, largest: {value: 12.5}}, ["extremes", "e", "-1 to 12.5", "", ""]],
  ]) {
    assert.deepEqual(Properties.row(property).map((cell) => cell.replace("\u00a0", " ")), row);
  }
});
