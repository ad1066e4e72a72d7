import {Emphasis} from "./emphasis.js";
import * as MessageIndex from "./messageindex.js";
import {Outcome} from "./outcome.js";

// Causality computes happened-before (Lamport 1978) between messages. Message a is in the past of message b if the receiver
// of a sent b after it received a, or if the receiver of a then sent a message that is in the past of b.

// of returns the causal past and future of message m, among the messages sent and received from `from` to `to`: the numbers
// of messages, and the Emphasis of each message.
export function of(run, m, from, to) {
  const marks = new Uint8Array(run.messages.count);
  return {marks, past: markPast(run, m, from, marks), future: markFuture(run, m, to, marks)};
}

// markFuture goes forward in time. For each party, it keeps the time since which the party has known of m.
function markFuture(run, m, to, marks) {
  const {count, sent, done, outcome, src, dest} = run.messages;
  if (outcome[m] !== Outcome.received || done[m] > to) return 0;
  const {order, rank} = MessageIndex.of(run);
  const knows = new Float64Array(run.parties.length).fill(Infinity);
  knows[dest[m]] = done[m];
  let found = 0;
  for (let r = rank[m] + 1; r < count; r++) {
    const next = order[r];
    if (sent[next] > to) break;
    if (sent[next] < knows[src[next]]) continue;
    marks[next] = Emphasis.full;
    found++;
    if (outcome[next] === Outcome.received) knows[dest[next]] = Math.min(knows[dest[next]], done[next]);
  }
  return found;
}

// markPast goes backward in time. For each party, it keeps the rank of the last message of the party that matters to m;
// everything that the party received before sending that message matters, too. Without latency, messages at the same instant
// are ordered by their rank.
function markPast(run, m, from, marks) {
  const {count, sent, outcome, src, dest} = run.messages;
  const index = MessageIndex.of(run);
  const {end, rank} = index;
  const order = index.inOrderOfEnd();
  const last = new Int32Array(run.parties.length).fill(-1);
  last[src[m]] = rank[m];
  let found = 0;
  for (let r = count - 1; r >= 0; r--) {
    const before = order[r];
    if (end[before] < from) break;
    const next = last[dest[before]];
    if (outcome[before] !== Outcome.received || sent[before] < from) continue;
    if (rank[before] >= next || end[before] > sent[index.order[next]]) continue;
    marks[before] = Emphasis.full;
    found++;
    last[src[before]] = Math.max(last[src[before]], rank[before]);
  }
  return found;
}
