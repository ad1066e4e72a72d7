import * as Follow from "./follow.js";
import {firstWhere} from "./search.js";

// Operation answers questions about a client's operation: an invocation in the history and, mostly, a completion.

const number = /-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b/g;

// of returns both events of the operation to which the event with that index belongs: {first, last}, either of which
// may be undefined. It is null if there is no such event, or if it is one of the nemesis.
export function of(run, index) {
  const op = run.ops[index];
  if (!op || op.process === "nemesis") return null;
  const other = run.ops[op.pair];
  return op.type === "invoke" ? {first: op, last: other} : {first: other, last: op};
}

// span returns when it began and ended; one that did not end, or of which nobody knows whether it did, lasts until the run ends.
export function span(run, {first, last}) {
  return {from: (first || last).time, to: last && last.type !== "info" ? last.time : run.duration};
}

// outcome returns "ok", "fail", "info" or "open".
export function outcome({last}) {
  return last ? last.type : "open";
}

// messages returns the numbers of the client's messages: requests, and what came back.
export function messages(run, operation) {
  const client = run.clients.get(String((operation.first || operation.last).process));
  if (client === undefined || client < 0) return [];
  const {from, to} = span(run, operation);
  const {src, dest} = run.messages;
  return between(run, from, to, (m) => src[m] === client || dest[m] === client);
}

// between returns the messages that were sent in that time and that a condition holds for, at most limit.
export function between(run, from, to, holds, limit = Infinity) {
  const {sent, count} = run.messages;
  const found = [];
  for (let m = firstWhere(count, (i) => sent[i] >= from); m < count && sent[m] <= to && found.length < limit; m++) {
    if (holds(m)) found.push(m);
  }
  return found;
}

// subject returns the JSON value that the operation is about: what it was invoked with, if that is a number or a string; of a list, the last
// number of the last inner list that asks for nothing, as in [["r",4,null],["append",5,17]]. It is "" if there is none.
export function subject({first}) {
  if (!first || /^(null|true|false|\{.*)?$/s.test(first.value)) return "";
  if (!first.value.startsWith("[")) return first.value;
  const lists = first.value.match(/\[[^[\]]*\]/g) || [];
  const numbers = lists.filter((list) => !/\bnull\b/.test(list)).flatMap((list) => list.match(number) || []);
  return numbers.length > 0 ? numbers[numbers.length - 1] : "";
}

// carriers returns messages between servers that have the subject in them, from the beginning of the operation on.
export function carriers(run, operation, limit) {
  const value = subject(operation);
  if (value === "") return [];
  const {src, dest, body} = run.messages;
  const isClient = (p) => run.parties[p].role === "client";
  return between(run, span(run, operation).from, run.duration,
    (m) => !isClient(src[m]) && !isClient(dest[m]) && Follow.carries(body(m), value), limit);
}
