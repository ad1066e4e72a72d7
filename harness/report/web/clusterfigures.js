"use strict";

// ClusterFigures knows how many messages every party had sent, received and lost at any time.
class ClusterFigures {
  #sent; #received; #lost; #answered; // per party: the times, ascending

  constructor(run) {
    const index = MessageIndex.of(run);
    const {count, sent, done, outcome, src, dest, type} = run.messages;
    const lists = () => run.parties.map(() => []);
    [this.#sent, this.#received, this.#lost, this.#answered] = [lists(), lists(), lists(), lists()];
    const answers = run.types.map((name) => name.endsWith("_ok"));
    for (const m of index.order) {
      this.#sent[src[m]].push(sent[m]);
      if (answers[type[m]] && run.parties[dest[m]].role === "client") this.#answered[src[m]].push(sent[m]);
    }
    const order = index.inOrderOfEnd();
    for (let r = 0; r < count; r++) {
      const m = order[r];
      if (outcome[m] === Outcome.received) this.#received[dest[m]].push(done[m]);
      else if (Outcome.wasLost(outcome[m])) this.#lost[src[m]].push(done[m]);
    }
  }

  // at returns the party's figures at time t: {sent, received, lost, ok}. Lost are messages that it had sent; ok is when it
  // last answered a client with success, or null.
  at(party, t) {
    const until = (times) => upTo(times[party], t);
    const answers = until(this.#answered);
    return {
      sent: until(this.#sent), received: until(this.#received), lost: until(this.#lost),
      ok: answers > 0 ? this.#answered[party][answers - 1] : null,
    };
  }
}

// upTo returns how many of the ascending times are not after t.
function upTo(times, t) {
  let low = 0, high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= t) low = middle + 1;
    else high = middle;
  }
  return low;
}
