// Server asks the debugger's server. Its answers about an execution are always the same, and are kept.

const kept = new Map();
const most = 200; // answers

async function ask(url, options) {
  const answer = await fetch(url, options);
  const value = await answer.json().catch(() => ({error: `the server answers ${answer.status}`}));
  if (value.error) throw new Error(value.error);
  return value;
}

// look returns the view of an execution and its state after at actions; at its end if at is negative.
export function look(decisions, at) {
  const url = `/look?decisions=${encodeURIComponent(decisions)}&at=${at}`;
  if (!kept.has(url)) {
    if (kept.size >= most) kept.delete(kept.keys().next().value);
    const answer = ask(url);
    kept.set(url, answer);
    answer.catch(() => kept.delete(url)); // it may be the connection
  }
  return kept.get(url);
}

// find returns where the pattern is in an execution, as pairs of numbers of actions.
export function find(decisions, pattern) {
  return ask(`/find?decisions=${encodeURIComponent(decisions)}&pattern=${encodeURIComponent(JSON.stringify(pattern))}`);
}

// search looks for an execution with the pattern.
export function search(pattern, signal) {
  return ask("/search", {method: "POST", body: JSON.stringify(pattern), headers: {"Content-Type": "application/json"}, signal});
}
