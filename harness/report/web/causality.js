import {Emphasis} from "./emphasis.js";
import * as MessageIndex from "./messageindex.js";
import {Outcome} from "./outcome.js";

// Causality computes happened-before (Lamport 1978) between messages: a message is in the past of another if its
// receiver sent the other afterwards, or sent one that is in its past.

// of returns the causal past and future of message m among those sent and received from `from` to `to`: how many there
// are, and the Emphasis of each message.
export function of(run, m, from, to) {
  const marks = new Uint8Array(run.messages.count);
  return {marks, past: markPast(run, m, from, marks), future: markFuture(run, m, to, marks)};
}

// markFuture goes forward in time, and keeps for each party since when it has known of m.
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

// markPast goes backward in time, and keeps for each party the rank of the last message that it sent and that matters to m: what the party
// received until then matters, too. Where there is no latency, messages of one instant are told apart by their rank.
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
