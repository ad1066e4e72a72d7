"use strict";

// Causality computes happened-before (Lamport 1978) between messages: a message is in the past of another if its
// receiver sent the other afterwards, or sent one that is in its past.
const Causality = (() => {
  // of returns the causal past and future of message m among those sent and received from `from` to `to`: how many there
  // are, and the Emphasis of each message.
  function of(run, m, from, to) {
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

  // markPast goes backward in time, and keeps for each party until when what it received still mattered to m.
  function markPast(run, m, from, marks) {
    const {count, sent, outcome, src, dest} = run.messages;
    const index = MessageIndex.of(run);
    const {end, rank} = index;
    const order = index.inOrderOfEnd();
    const matters = new Float64Array(run.parties.length).fill(-Infinity);
    matters[src[m]] = sent[m];
    let found = 0;
    for (let r = count - 1; r >= 0; r--) {
      const before = order[r];
      if (end[before] < from) break;
      // Where there is no latency, messages of one instant are told apart by the order of sending.
      if (rank[before] >= rank[m] || sent[before] < from) continue;
      if (outcome[before] !== Outcome.received || end[before] > matters[dest[before]]) continue;
      marks[before] = Emphasis.full;
      found++;
      matters[src[before]] = Math.max(matters[src[before]], sent[before]);
    }
    return found;
  }

  return {of};
})();
