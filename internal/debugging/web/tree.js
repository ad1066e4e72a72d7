import * as Address from "./address.js";

// Tree arranges executions as a tree: an execution is below the one that it branches off from, which has all of its decisions but the
// last ones.

// arrange returns the roots, {decisions, place, children, …}, of a list of executions {decisions, …}, in the order of the places at which
// they branch off. place is that place, or -1 for a root.
export function arrange(executions) {
  const known = new Map(executions.map((e) => [e.decisions, {...e, place: -1, children: []}]));
  const roots = [];
  for (const e of known.values()) {
    const pairs = Address.list(e.decisions);
    let parent;
    let n = pairs.length - 1;
    for (; n >= 0 && !parent; n--) parent = known.get(Address.text(pairs.slice(0, n)));
    if (parent) {
      e.place = pairs[n + 1][0];
      parent.children.push(e);
    } else {
      roots.push(e);
    }
  }
  const sort = (list) => {
    list.sort((a, b) => a.place - b.place || compare(a.decisions, b.decisions));
    for (const e of list) sort(e.children);
  };
  sort(roots);
  return roots;
}

// flatten returns the executions of the tree from top to bottom, with their depth.
export function flatten(roots, depth = 0) {
  return roots.flatMap((e) => [{...e, depth}, ...flatten(e.children, depth + 1)]);
}

function compare(a, b) {
  const x = Address.list(a), y = Address.list(b);
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const d = x[i][0] - y[i][0] || x[i][1] - y[i][1];
    if (d !== 0) return d;
  }
  return x.length - y.length;
}
