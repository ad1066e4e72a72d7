import * as MessageIndex from "./messageindex.js";
import {Outcome} from "./outcome.js";
import {firstWhere} from "./search.js";

// ClusterFigures knows the numbers of messages that every party had sent, received and lost at any time.
export class ClusterFigures {
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

  // at returns the party's figures at time t: {sent, received, lost, ok}. lost counts messages that the party had
  // sent; ok is the time of its last successful reply to a client, or null.
  at(party, t) {
    const until = (times) => firstWhere(times[party].length, (i) => times[party][i] > t);
    const answers = until(this.#answered);
    return {
      sent: until(this.#sent), received: until(this.#received), lost: until(this.#lost),
      ok: answers > 0 ? this.#answered[party][answers - 1] : null,
    };
  }
}
