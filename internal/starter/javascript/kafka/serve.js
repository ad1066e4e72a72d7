// A node of the workload kafka: logs to which clients append, one for each key.
//
// The first node leads: it has all logs, and the other nodes pass requests on
// to it. So there is nothing to agree on. The price is that a node which cannot
// reach the leader cannot serve anybody.

import { check } from "./maelstrom.js";

const POLL_LIMIT = 100; // messages of a key in one reply

export function serve(node) {
  const logs = new Map(); // by key; an offset is an index into a log
  const committed = new Map(); // offsets by key

  /**
   * Registers a handler that the leader runs. On other nodes, it asks the
   * leader and passes the reply on.
   */
  function lead(kind, handle) {
    node.on(kind, (message) => {
      const [leader] = node.ids;
      if (node.id === leader) return handle(message.body);
      node.call(leader, message.body, (reply) => node.reply(message, reply));
    });
  }

  lead("send", ({ key, msg }) => {
    check(
      typeof key === "string" && msg !== undefined,
      "send has a key and a msg",
    );
    if (!logs.has(key)) logs.set(key, []);
    return { offset: logs.get(key).push(msg) - 1 };
  });

  lead("poll", (body) => {
    const msgs = offsetsOf(body).map(([key, offset]) => {
      const messages = (logs.get(key) ?? []).slice(offset, offset + POLL_LIMIT);
      return [key, messages.map((message, i) => [offset + i, message])];
    });
    return { msgs: Object.fromEntries(msgs) };
  });

  lead("commit_offsets", (body) => {
    for (const [key, offset] of offsetsOf(body)) {
      // A late message does not take it back.
      committed.set(key, Math.max(offset, committed.get(key) ?? 0));
    }
    return {};
  });

  lead("list_committed_offsets", ({ keys }) => {
    check(Array.isArray(keys), "keys must be a list");
    const known = [...committed].filter(([key]) => keys.includes(key));
    return { offsets: Object.fromEntries(known) };
  });
}

/** Returns pairs of a key and an offset. */
function offsetsOf({ offsets }) {
  check(
    typeof offsets === "object" && offsets !== null,
    "offsets must be an object",
  );
  const pairs = Object.entries(offsets);
  check(
    pairs.every(([, offset]) => Number.isSafeInteger(offset) && offset >= 0),
    "an offset is an integer from 0",
  );
  return pairs;
}
