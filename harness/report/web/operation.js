import * as Follow from "./follow.js";
import {firstWhere} from "./search.js";

// Operation answers questions about a client's operation: an invocation in the history and, usually, a completion.

const number = /-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b/g;

// of returns both events of the operation to which the event with the given index belongs: {first, last}, either of which
// may be undefined. It returns null if there is no such event, or if the event belongs to the nemesis.
export function of(run, index) {
  const op = run.ops[index];
  if (!op || op.process === "nemesis") return null;
  const other = run.ops[op.pair];
  return op.type === "invoke" ? {first: op, last: other} : {first: other, last: op};
}

// span returns the beginning and the end of an operation. If its end is unknown, it lasts until the end of the run.
export function span(run, {first, last}) {
  return {from: (first || last).time, to: last && last.type !== "info" ? last.time : run.duration};
}

// outcome returns "ok", "fail", "info" or "open".
export function outcome({last}) {
  return last ? last.type : "open";
}

// messages returns the numbers of the client's messages: requests and replies.
export function messages(run, operation) {
  const client = run.clients.get(String((operation.first || operation.last).process));
  if (client === undefined || client < 0) return [];
  const {from, to} = span(run, operation);
  const {src, dest} = run.messages;
  return between(run, from, to, (m) => src[m] === client || dest[m] === client);
}

// between returns at most limit messages that were sent within a time and satisfy a condition.
export function between(run, from, to, holds, limit = Infinity) {
  const {sent, count} = run.messages;
  const found = [];
  for (let m = firstWhere(count, (i) => sent[i] >= from); m < count && sent[m] <= to && found.length < limit; m++) {
    if (holds(m)) found.push(m);
  }
  return found;
}

// subject returns the JSON value that the operation is about, or "". If the argument is a number or a string, it is the
// subject. In a list, the subject is the last number of the last inner list that does not read, as in
// [["r",4,null],["append",5,17]].
export function subject({first}) {
  if (!first || /^(null|true|false|\{.*)?$/s.test(first.value)) return "";
  if (!first.value.startsWith("[")) return first.value;
  const lists = first.value.match(/\[[^[\]]*\]/g) || [];
  const numbers = lists.filter((list) => !/\bnull\b/.test(list)).flatMap((list) => list.match(number) || []);
  return numbers.length > 0 ? numbers[numbers.length - 1] : "";
}

// carriers returns the messages between servers that contain the subject, from the beginning of the operation on.
export function carriers(run, operation, limit) {
  const value = subject(operation);
  if (value === "") return [];
  const {src, dest, body} = run.messages;
  const isClient = (p) => run.parties[p].role === "client";
  return between(run, span(run, operation).from, run.duration,
    (m) => !isClient(src[m]) && !isClient(dest[m]) && Follow.carries(body(m), value), limit);
}
