import assert from "node:assert/strict";
import test from "node:test";

import { isInteger, parse, stringify } from "./json.js";

test("integers are exact", () => {
  for (const text of [
    "0",
    "-1",
    "9007199254740993",
    "-9223372036854775808",
    "[18446744073709551616]",
  ]) {
    assert.equal(stringify(parse(text)), text);
  }
  assert.equal(parse("9007199254740993"), 9007199254740993n);
  assert.equal(parse("9007199254740991"), 9007199254740991);
  assert.deepEqual(
    parse("[1e16, 1234567890123456.5]"),
    [1e16, 1234567890123456.5],
  );
});

test("strings beside large integers stay as they are", () => {
  const value = {
    s: "i1",
    i12345678901234567: [
      "",
      '"\\',
      "12345678901234567",
      "é\u2028😀",
      12345678901234567n,
    ],
  };
  assert.deepEqual(parse(stringify(value)), value);
  assert.deepEqual(parse('{"a" : "\\u0069\\"", "b":12345678901234567}'), {
    a: 'i"',
    b: 12345678901234567n,
  });
});

test("JSON is strict", () => {
  for (const text of [
    "",
    "{",
    "[1,]",
    "01234567890123456",
    '"1234567890123456',
    "'1234567890123456'",
    "12345678901234567n",
    "{12345678901234567:1}",
  ]) {
    assert.throws(() => parse(text), SyntaxError, text);
  }
});

test("values are written like JSON.stringify does it", () => {
  for (const value of [
    null,
    true,
    1.5,
    "a\n\ud800",
    [],
    {},
    [undefined, [1, {}]],
    { a: undefined, b: { "": [null] } },
  ]) {
    assert.equal(stringify(value), JSON.stringify(value));
  }
});

test("isInteger", () => {
  assert.ok([0, -1, 2n ** 64n].every(isInteger));
  assert.ok(![1.5, NaN, "1", null, undefined, [1]].some(isInteger));
});
