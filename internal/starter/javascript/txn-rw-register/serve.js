// A node of the workload txn-rw-register: a store of registers, with
// transactions.
//
// Transactions run at once on the node that gets them, one at a time, and wait
// for nobody. So no one sees half of another, and all are served while links
// are cut.

import { check } from "./maelstrom.js";

const GOSSIP_EVERY = 200; // ms

export function serve(node) {
  // The last write of a register wins on all nodes, by a Lamport clock (Lamport
  // 1978). Equal clocks are ordered by the node's id.
  const registers = new Map(); // the last write of each key
  let clock = 0; // the highest one that was seen

  node.on("txn", ({ body }) => {
    check(
      Array.isArray(body.txn) && body.txn.every(isOperation),
      "txn must be a list of reads and writes",
    );
    clock++;
    const txn = body.txn.map(([f, key, value]) => {
      if (f === "r") return [f, key, registers.get(String(key))?.value ?? null];
      registers.set(String(key), { clock, node: node.id, value });
      return [f, key, value];
    });
    return { txn };
  });

  node.on("gossip", ({ body }) => {
    for (const [key, version] of Object.entries(body.registers)) {
      clock = Math.max(clock, version.clock);
      if (isLater(version, registers.get(key))) registers.set(key, version);
    }
  });

  node.every(GOSSIP_EVERY, () => {
    // Each message carries everything. So whatever is lost, a later message has
    // it, too.
    const body = { type: "gossip", registers: Object.fromEntries(registers) };
    for (const id of node.ids) {
      if (id !== node.id) node.send(id, body);
    }
  });
}

function isOperation(operation) {
  return (
    Array.isArray(operation) &&
    operation.length === 3 &&
    ["r", "w"].includes(operation[0])
  );
}

function isLater(a, b) {
  if (!b) return true;
  return a.clock === b.clock ? a.node > b.node : a.clock > b.clock;
}
