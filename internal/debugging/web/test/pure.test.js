import assert from "node:assert/strict";
import {test} from "node:test";
import * as Address from "../address.js";
import * as Difference from "../difference.js";
import * as Layout from "../layout.js";
import * as Tree from "../tree.js";
import * as Tried from "../tried.js";

test("an address is the decisions and the place", () => {
  for (const [hash, want] of [
    ["", {decisions: "0", at: 0, other: null}],
    ["#7.4", {decisions: "7.4", at: -1, other: null}],
    ["#7.4-9.1@12", {decisions: "7.4-9.1", at: 12, other: null}],
    ["#0@3/7.4", {decisions: "0", at: 3, other: "7.4"}],
    ["#0@3/0", {decisions: "0", at: 3, other: "0"}],
  ]) {
    assert.deepEqual(Address.parse(hash), want);
    if (hash) assert.equal(Address.format(want), hash);
  }
  for (const hash of ["#<b>", "#7.x@2", "#7@1", "#-1.2", "#1.2-", "#@", "#0@-1", "#0@99999999999", "#0/<b>"]) {
    const {decisions, at, other} = Address.parse(hash);
    assert.equal(decisions, "0", hash);
    assert.ok(at >= -1 && at < 1e7);
    assert.equal(other, null, hash);
  }
});

test("a choice drops the later ones", () => {
  assert.equal(Address.choose("7.4-9.1-12.2", 9, 3), "7.4-9.3");
  assert.equal(Address.choose("7.4-9.1", 9, 0), "7.4");
  assert.equal(Address.choose("7.4", 2, 0), "0");
  assert.equal(Address.choose("0", 5, 1), "5.1");
});

test("executions are below those that they branch off from", () => {
  const shown = Tree.flatten(Tree.arrange(["7.4-9.1", "10.2", "0", "7.4", "7.4-9.1-12.1-13.1", "3.1"].map((decisions) => ({decisions}))));
  assert.deepEqual(shown.map((e) => [e.depth, e.place, e.decisions]), [
    [0, -1, "0"], [1, 3, "3.1"], [1, 7, "7.4"], [2, 9, "7.4-9.1"], [3, 12, "7.4-9.1-12.1-13.1"], [1, 10, "10.2"],
  ]);
  const alone = Tree.flatten(Tree.arrange([{decisions: "7.4-9.1"}, {decisions: "7.4"}]));
  assert.deepEqual(alone.map((e) => [e.depth, e.place, e.decisions]), [[0, -1, "7.4"], [1, 9, "7.4-9.1"]], "without the root");
});

test("what has changed is marked", () => {
  const show = (a, b) => Difference.lines(a, b).map(({text, change}) => (change || " ") + text).join("|");
  assert.equal(show('{\n  "a": 1,\n  "b": 2\n}', '{\n  "a": 1,\n  "c": 0,\n  "b": 3\n}'), ' {|   "a": 1,|-  "b": 2|+  "c": 0,|+  "b": 3| }');
  assert.equal(show("[\n  1\n]", "[\n  1,\n  2\n]"), " [|   1,|+  2| ]", "a comma is no change");
  assert.equal(show("", "a"), "+a");
  assert.equal(show("a\nb", "a\nb"), " a| b");
  const long = Array.from({length: 2000}, (_, i) => `${i}`).join("\n");
  assert.equal(Difference.lines(long, `${long}\nx`).length, 4001);
});

test("lists stay on one line", () => {
  const text = (v) => Difference.compact(JSON.stringify(v, null, 2));
  assert.equal(text({a: [1, 2], b: ["x", null]}), '{\n  "a": [1, 2],\n  "b": ["x", null]\n}');
  assert.equal(text([[1], []]), "[\n  [1],\n  []\n]");
  assert.equal(text(["]"]), '[\n  "]"\n]', "what is not sure stays as it is");
});

test("the first difference of two executions is found", () => {
  const actions = (...texts) => texts.map((text) => ({text}));
  assert.equal(Difference.first(actions("a", "b"), actions("a", "b")), -1);
  assert.equal(Difference.first(actions("a", "b"), actions("a", "c")), 1);
  assert.equal(Difference.first(actions("a"), actions("a", "c")), 1);
});

const act = (kind, rest = {}) => ({kind, text: kind, node: "", client: "", message: -1, missing: false, sent: [], ...rest});
const sent = (number, src, dest) => ({number, src, dest, type: "gossip", body: "{}"});

test("messages lead from where they were sent to where they arrived", () => {
  const {lanes, arrows, downs, cuts} = Layout.of({
    now: {nodes: [{id: "n0"}, {id: "n1"}]},
    at: 3,
    actions: [
      act("begin", {node: "n0", client: "c0", sent: [sent(0, "n0", "n1"), sent(1, "n0", "lin-kv")]}),
      act("deliver", {node: "n1", message: 0}),
      act("kill", {node: "n1"}),
      act("deliver", {node: "lin-kv", message: 1, sent: [sent(2, "lin-kv", "n0"), sent(3, "lin-kv", "n1")]}),
      act("deliver", {node: "n1", message: 3, missing: true}),
      act("cut"),
      act("start", {node: "n1"}),
    ],
  });
  assert.deepEqual(lanes, ["n0", "n1", "lin-kv"]);
  const shape = arrows.map(({message, from, to, outcome}) => [message.number, from, to, outcome]);
  assert.deepEqual(shape, [[0, 0, 1, "received"], [1, 0, 3, "received"], [2, 3, 7, "under way"], [3, 3, 4, "lost"]]);
  assert.deepEqual(downs, [{node: "n1", from: 2, to: 6}]);
  assert.deepEqual(cuts, [{from: 5, to: 7, text: "cut"}]);
});

test("a decision has its place", () => {
  const choice = (decision, text) => ({decision, number: 1, of: 2, text});
  const view = {
    beginning: [choice(0, "seed 2")],
    actions: [{decision: 1, text: "a", choices: []}, {decision: 2, text: "b", choices: [choice(3, "seq-kv"), choice(4, "seq-kv again")]}],
    ending: [choice(5, "the end")],
  };
  const places = [0, 1, 2, 3, 4, 5, 6].map((decision) => Object.values(Tried.place(view, decision)).join(" "));
  assert.deepEqual(places, ["0 seed 2", "1 a", "2 b", "2 b (seq-kv)", "2 b (seq-kv again)", "2 the end", "2 decision 6"]);
});

test("a duplicate begins where it was made", () => {
  const {arrows} = Layout.of({
    now: {nodes: [{id: "n0"}, {id: "n1"}]},
    at: 0,
    actions: [
      act("begin", {node: "n0", sent: [sent(0, "n0", "n1")]}),
      act("duplicate", {node: "n1", message: 0, sent: [sent(1, "n0", "n1")]}),
      act("lose", {node: "n1", message: 0}),
      act("deliver", {node: "n1", message: 1}),
    ],
  });
  assert.deepEqual(arrows.map(({message, from, to, outcome}) => [message.number, from, to, outcome]), [[0, 0, 2, "lost"], [1, 1, 3, "received"]]);
});
