import {firstWhere} from "./search.js";

// MessageIndex finds the messages of a window of time without looking at all of them. of(run) builds it once
// per run; the diagram and the cluster view share it.

const blockSize = 512;
const built = new WeakMap();

export function of(run) {
  if (!built.has(run)) built.set(run, build(run));
  return built.get(run);
}

function build(run) {
  const {count, sent, done} = run.messages;
  const end = new Float64Array(count); // when the message was done with; the end of the run for one under way
  let last = run.duration;
  for (let m = 0; m < count; m++) last = Math.max(last, sent[m]);
  for (let m = 0; m < count; m++) end[m] = Number.isNaN(done[m]) ? last : done[m];

  const order = sortedBy(sent, count); // the messages by the time at which they were sent
  const rank = new Uint32Array(count); // where a message is in order
  for (let r = 0; r < count; r++) rank[order[r]] = r;

  // A message that takes long may have been sent long before the window that it ends in, so the
  // search skips blocks of messages by their last end.
  const blockEnd = new Float64Array(Math.ceil(count / blockSize));
  for (let r = 0; r < count; r++) {
    const b = Math.floor(r / blockSize);
    blockEnd[b] = Math.max(blockEnd[b], end[order[r]]);
  }

  let byEnd = null; // sorted when it is first needed
  return {
    end, order, rank,

    // inOrderOfEnd returns the messages by the time at which they were done with.
    inOrderOfEnd() {
      if (!byEnd) byEnd = sortedBy(end, count);
      return byEnd;
    },

    // each calls f with every message that was on its way at some time from `from` to `to`, in the order of sending.
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

// sortedBy returns 0 to count-1 in ascending order of keys. Those that are equal stay in their order, which is the order of
// sending.
function sortedBy(keys, count) {
  const order = new Uint32Array(count);
  let ascending = true;
  for (let i = 0; i < count; i++) {
    order[i] = i;
    if (i > 0 && keys[i] < keys[i - 1]) ascending = false;
  }
  return ascending ? order : order.sort((a, b) => keys[a] - keys[b] || a - b);
}
