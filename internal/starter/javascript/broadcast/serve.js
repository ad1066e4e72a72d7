// A node of the workload broadcast: a value that a client gives to any node is
// soon in the reads of all nodes.

import { isInteger } from "./json.js";
import { check } from "./maelstrom.js";

const GOSSIP_EVERY = 200; // ms

export function serve(node) {
  const values = new Set();
  let neighbours = [];

  node.on("topology", ({ body }) => {
    const own = body.topology?.[node.id];
    check(Array.isArray(own), "topology must have a list for each node");
    neighbours = own;
    return {};
  });

  node.on("broadcast", ({ body }) => {
    check(isInteger(body.message), "message must be an integer");
    values.add(body.message);
    return {};
  });

  node.on("read", () => ({ messages: [...values] }));

  node.on("gossip", ({ body }) => {
    for (const value of body.values) values.add(value);
  });

  node.every(GOSSIP_EVERY, () => {
    // Each message carries the whole set. So whatever is lost, a later message
    // has it, too.
    const body = { type: "gossip", values: [...values] };
    for (const neighbour of neighbours) node.send(neighbour, body);
  });
}
