// A node of the workload unique-ids: every id that it gives out is unique among
// all nodes.

export function serve(node) {
  // No other node has this node's id, the time is another one after a restart,
  // and the counter does the rest.
  let counter = 0;
  node.on("generate", () => ({ id: `${node.id}-${node.now()}-${counter++}` }));
}
