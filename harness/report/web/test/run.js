import {Outcome} from "../outcome.js";

// makeRun makes a run like that of RunData.read. A message is written "n0>n1 10 20 gossip {…}": sender, receiver, time of
// sending, time of receipt, type and body. In place of the time of receipt, "x20" means that the message was lost at that
// time, and "-" that it was under way at the end. Parties are nodes (n…), clients (c…) or services, in the order of their
// first occurrence.
export function makeRun(messages, rest = {}) {
  const parties = [], types = [];
  const placeIn = (list, same, make) => {
    const i = list.findIndex(same);
    return i >= 0 ? i : list.push(make()) - 1;
  };
  const party = (id) => placeIn(parties, (p) => p.id === id, () => ({id, role: {n: "node", c: "client"}[id[0]] ?? "service"}));
  const type = (name) => placeIn(types, (t) => t === name, () => name);
  for (const id of rest.nodes ?? []) party(id);
  const all = messages.map((text) => {
    const [, src, dest, sent, lost, done, name = "gossip", body = "{}"] = /^(\w+)>(\w+) (\d+) (x?)(\d+|-)(?: (\w+))?(?: (.*))?$/.exec(text);
    return {
      src: party(src), dest: party(dest), sent: Number(sent), done: done === "-" ? NaN : Number(done), type: type(name), body,
      outcome: done === "-" ? Outcome.underWay : lost ? Outcome.lost : Outcome.received,
    };
  });
  const column = (name) => all.map((m) => m[name]);
  const end = all.reduce((last, m) => Math.max(last, m.sent, m.done || 0), 0);
  return {
    test: {workload: "broadcast"}, parties, types, ops: [], faults: [], clients: new Map(), duration: end,
    messages: {
      count: all.length, sent: column("sent"), done: column("done"), outcome: column("outcome"), src: column("src"), dest: column("dest"),
      type: column("type"), body: (m) => all[m].body,
    },
    ...rest,
  };
}

// makeOps makes the history of a run from lists [process, type, f, value, time, pair].
export function makeOps(...events) {
  return events.map(([process, type, f, value, time, pair = -1], index) => ({index, process, type, f, value, time, pair, error: "", final: false}));
}

// random returns a generator of numbers from 0 to n-1; the same seed gives the same numbers.
export function random(seed) {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * n);
  };
}
