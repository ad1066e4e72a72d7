import assert from "node:assert/strict";
import {test} from "node:test";
import * as Format from "../format.js";
import * as JSONText from "../jsontext.js";
import {firstWhere} from "../search.js";
import * as TimeAxis from "../timeaxis.js";

test("numbers are written as people read them", () => {
  for (const [n, text] of [[0, "0"], [1234567, "1,234,567"], [12.345, "12.35"], [0.12345, "0.123"], [undefined, "–"], ["7", "–"]]) {
    assert.equal(Format.count(n), text);
  }
  for (const [ns, text] of [[0, "0 ns"], [999, "999 ns"], [1500, "1.5 µs"], [2e6, "2 ms"], [1234567890, "1.23 s"], [-1, "–"], [NaN, "–"], [undefined, "–"]]) {
    assert.equal(Format.duration(ns).replace("\u00a0", " "), text);
  }
  assert.equal(Format.time(1234567890), "1.235 s");
  assert.equal(Format.clip("abcdef", 3), "abc…");
  assert.equal(Format.clip("abc", 3), "abc");
});

test("steps and ticks are round", () => {
  for (const [least, step] of [[1, 1], [1.1, 2], [0.03, 0.05], [6, 10], [300, 500], [2e9, 2e9]]) {
    assert.ok(Math.abs(Format.roundStep(least) / step - 1) < 1e-12, `${least}`);
  }
  assert.deepEqual(TimeAxis.ticks(0, 2e9, 4), [0, 0.5, 1, 1.5, 2].map((s) => ({time: s * 1e9, label: `${s.toFixed(1)} s`})));
  assert.deepEqual(TimeAxis.ticks(1.2e9, 4e9, 3).map((tick) => tick.label), ["2 s", "3 s", "4 s"]);
  assert.deepEqual(TimeAxis.ticks(5, 5, 4), []);
  assert.equal(TimeAxis.moment(3204518000), "3.204518 s");
});

test("JSON is laid out without being parsed", () => {
  assert.equal(JSONText.indent('{"a":9007199254740993,"b":[1,2],"c":{"d":"x{,}"}}'),
    '{\n  "a": 9007199254740993,\n  "b": [1,2],\n  "c": {\n    "d": "x{,}"\n  }\n}');
  assert.equal(JSONText.indent('{"a":{}}'), '{\n  "a": {}\n}');
  assert.equal(JSONText.indent('[{"a":"\\""}]'), '[\n  {\n    "a": "\\""\n  }\n]');
  assert.equal(JSONText.indent('}{"cut of'), '\n}{\n"cut of', "what is no JSON comes out, too");
});

test("the first place is found", () => {
  for (let n = 0; n < 6; n++) {
    for (let first = 0; first <= n; first++) assert.equal(firstWhere(n, (i) => i >= first), first, `${first} of ${n}`);
  }
});
