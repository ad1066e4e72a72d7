import * as MessageIndex from "./messageindex.js";

// Follow finds the messages that carry a value.

// carries tells whether a body contains the JSON value: as a whole word, and not as the number of a message.
export function carries(body, value) {
  for (let i = body.indexOf(value); i >= 0; i = body.indexOf(value, i + 1)) {
    const inWord = isWord(body.charAt(i - 1)) && isWord(value.charAt(0)) ||
      isWord(body.charAt(i + value.length)) && isWord(value.charAt(value.length - 1));
    if (!inWord && !/"(msg_id|in_reply_to)"\s*:\s*$/.test(body.slice(Math.max(0, i - 24), i))) return true;
  }
  return false;
}

// isWord tells whether c continues a number or a name: 5 is in neither 15, -5, 5.1 nor n5.
function isWord(c) {
  return c !== "" && /[\p{L}\p{N}_.+-]/u.test(c);
}

// spans tells whether a body contains a pair [lo,hi] with the integer in between: so do nodes write sets of integers that are as
// large as those of the workloads broadcast and g-set. In other workloads pairs mean other things.
export function spans(body, integer) {
  for (const [, lo, hi] of body.matchAll(/\[\s*(-?\d+)\s*,\s*(-?\d+)\s*\]/g)) {
    if (BigInt(lo) <= integer && integer <= BigInt(hi)) return true;
  }
  return false;
}

// value returns the messages whose body contains the JSON value, in the order of sending.
export function value(run, text) {
  const sets = ["broadcast", "g-set"].includes(run.test.workload) && /^-?\d+$/.test(text);
  const found = [];
  for (const m of MessageIndex.of(run).order) {
    const body = run.messages.body(m);
    if (carries(body, text) || sets && spans(body, BigInt(text))) found.push(m);
  }
  return found;
}
