import {firstWhere} from "./search.js";

// MessageIndex finds the messages in a window of time without examining all of them. of(run) builds the index once per run;
// the diagram and the cluster view share it.

const blockSize = 512;
const built = new WeakMap();

export function of(run) {
  if (!built.has(run)) built.set(run, build(run));
  return built.get(run);
}

function build(run) {
  const {count, sent, done} = run.messages;
  const end = new Float64Array(count); // when each message arrived or was lost; the end of the run for a message under way
  let last = run.duration;
  for (let m = 0; m < count; m++) last = Math.max(last, sent[m]);
  for (let m = 0; m < count; m++) end[m] = Number.isNaN(done[m]) ? last : done[m];

  const order = sortedBy(sent, count); // the messages in the order of their sending
  const rank = new Uint32Array(count); // the position of each message in order
  for (let r = 0; r < count; r++) rank[order[r]] = r;

  // A slow message may have been sent long before the window in which it ends. The search therefore skips whole blocks
  // of messages, by the latest end in the block.
  const blockEnd = new Float64Array(Math.ceil(count / blockSize));
  for (let r = 0; r < count; r++) {
    const b = Math.floor(r / blockSize);
    blockEnd[b] = Math.max(blockEnd[b], end[order[r]]);
  }

  let byEnd = null; // sorted on first use
  return {
    end, order, rank,

    // inOrderOfEnd returns the messages in the order of their ends.
    inOrderOfEnd() {
      if (!byEnd) byEnd = sortedBy(end, count);
      return byEnd;
    },

    // each calls f with every message that was under way at some time from `from` to `to`, in the order of
    // sending.
    each(from, to, f) {
      for (let b = 0; b < blockEnd.length; b++) {
        if (blockEnd[b] < from) continue;
        const stop = Math.min(count, (b + 1) * blockSize);
        for (let r = b * blockSize; r < stop; r++) {
          const m = order[r];
          if (sent[m] > to) return;
          if (end[m] >= from) f(m);
        }
      }
    },

    // firstSent returns the rank of the first message sent at t or later.
    firstSent: (t) => firstWhere(count, (r) => sent[order[r]] >= t),
  };
}

// sortedBy returns 0 to count-1 in ascending order of keys. Numbers with equal keys stay in their order, which is the order
// of sending.
function sortedBy(keys, count) {
  const order = new Uint32Array(count);
  let ascending = true;
  for (let i = 0; i < count; i++) {
    order[i] = i;
    if (i > 0 && keys[i] < keys[i - 1]) ascending = false;
  }
  return ascending ? order : order.sort((a, b) => keys[a] - keys[b] || a - b);
}
