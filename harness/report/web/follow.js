import * as MessageIndex from "./messageindex.js";

// Follow finds the messages that carry a value.

// carries reports whether a body contains the JSON value as a whole word that is not the number of a message.
export function carries(body, value) {
  for (let i = body.indexOf(value); i >= 0; i = body.indexOf(value, i + 1)) {
    const inWord = isWord(body.charAt(i - 1)) && isWord(value.charAt(0)) ||
      isWord(body.charAt(i + value.length)) && isWord(value.charAt(value.length - 1));
    if (!inWord && !/"(msg_id|in_reply_to)"\s*:\s*$/.test(body.slice(Math.max(0, i - 24), i))) return true;
  }
  return false;
}

// isWord reports whether c continues a number or a name: 15, -5, 5.1 and n5 do not contain 5.
function isWord(c) {
  return c !== "" && /[\p{L}\p{N}_.+-]/u.test(c);
}

// spans reports whether a body contains a pair [lo,hi] with the integer in between. Nodes use such pairs to write large sets
// of integers, as in the workloads broadcast and g-set. In other workloads, pairs have other meanings.
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
