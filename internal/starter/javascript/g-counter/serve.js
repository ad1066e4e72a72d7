// A node of the workload g-counter: clients add to any node, and soon the reads
// of all nodes are the sum.

import { isInteger } from "./json.js";
import { check } from "./maelstrom.js";

const GOSSIP_EVERY = 200; // ms

export function serve(node) {
  // A G-Counter (Shapiro et al. 2011): each node increases only its own total,
  // and two copies are merged by the maximum. So messages may come late, twice,
  // or in any order, and a lost one does no harm.
  const totals = new Map(); // what clients have added, in BigInts, by node

  const totalOf = (id) => totals.get(id) ?? 0n;

  node.on("add", ({ body }) => {
    check(isInteger(body.delta), "delta must be an integer");
    totals.set(node.id, totalOf(node.id) + BigInt(body.delta));
    return {};
  });

  node.on("read", () => {
    let value = 0n;
    for (const total of totals.values()) value += total;
    return { value };
  });

  node.on("gossip", ({ body }) => {
    for (const [id, total] of Object.entries(body.totals)) {
      if (total > totalOf(id)) totals.set(id, BigInt(total));
    }
  });

  node.every(GOSSIP_EVERY, () => {
    const body = { type: "gossip", totals: Object.fromEntries(totals) };
    for (const id of node.ids) {
      if (id !== node.id) node.send(id, body);
    }
  });
}
