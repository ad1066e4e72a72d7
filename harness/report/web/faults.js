// Faults describes the effects of the nemesis' faults, for all views.

// stopsNode reports whether the fault stopped nodes. Such a fault is shown on the nodes and not on the network.
export function stopsNode(fault) {
  return ["pause", "kill", "damage"].includes(fault.name) && (fault.nodes || []).length > 0;
}

// during returns the faults in force at time t.
export function during(run, t) {
  return run.faults.filter((fault) => fault.begin <= t && t < (fault.end ?? Infinity));
}

// islands returns the groups of nodes that could not reach each other while the links in cut were cut in both directions.
export function islands(run, cut) {
  const nodes = [...run.parties.keys()].filter((p) => run.parties[p].role === "node");
  const gone = new Set(cut.map(([a, b]) => `${a} ${b}`));
  const island = new Map();
  let count = 0;
  for (const start of nodes) {
    if (island.has(start)) continue;
    const todo = [start];
    island.set(start, count);
    while (todo.length > 0) {
      const a = todo.pop();
      for (const b of nodes) {
        if (island.has(b) || gone.has(`${a} ${b}`) && gone.has(`${b} ${a}`)) continue;
        island.set(b, count);
        todo.push(b);
      }
    }
    count++;
  }
  return {island, count};
}
