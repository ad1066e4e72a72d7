import * as Address from "./address.js";

// Tried remembers the executions that were looked at, for this tab and this scope.

const most = 500;

// remember notes the execution of a view.
export function remember(view) {
  const pairs = Address.list(view.decisions);
  const last = pairs.length > 0 ? place(view, pairs[pairs.length - 1][0]) : {at: 0, text: "in the ordinary order"};
  const e = {decisions: view.decisions, valid: view.reasons.length === 0 && view.problem === "", label: last.text, at: last.at};
  const rest = all(view.bound).filter((other) => other.decisions !== e.decisions);
  try {
    sessionStorage.setItem(key(view.bound), JSON.stringify([...rest.slice(-most), e]));
  } catch {
    // There is no room, or none is allowed: the tree is not complete.
  }
}

// place returns where a decision of a view is: in words, and the number of actions up to it.
export function place(view, decision) {
  for (const [at, a] of view.actions.entries()) {
    if (a.decision === decision) return {at: at + 1, text: a.text};
    const choice = a.choices.find((c) => c.decision === decision);
    if (choice) return {at: at + 1, text: `${a.text} (${choice.text})`};
  }
  const other = [...view.beginning, ...view.ending].find((c) => c.decision === decision);
  return {at: decision < view.beginning.length ? 0 : view.actions.length, text: other?.text ?? `decision ${decision}`};
}

// all returns the executions of a scope.
export function all(bound) {
  try {
    return JSON.parse(sessionStorage.getItem(key(bound))) ?? [];
  } catch {
    return [];
  }
}

function key(bound) {
  return `tried ${bound}`;
}
