// Address reads and writes the hash of the page's address: the decisions of an execution, as in 12.3-17.1, and the number of actions
// before the state that is shown, after an @. Without the @ it is the end. A second execution, to compare with, follows a slash.

// parse returns {decisions, at, other}; at is -1 for the end, and other is the decisions of the second execution, or null. What is not
// understood counts as nothing.
export function parse(hash) {
  const text = hash.replace(/^#/, "");
  const [one, other] = text.split("/");
  const [decisions, at] = one.split("@");
  return {
    decisions: valid(decisions) ? decisions : "0",
    at: text === "" ? 0 : /^\d{1,7}$/.test(at ?? "") ? Number(at) : -1,
    other: other !== undefined && valid(other) ? other : null,
  };
}

// format returns the hash.
export function format({decisions, at, other}) {
  return `#${decisions}${at >= 0 ? `@${at}` : ""}${other === null || other === undefined ? "" : `/${other}`}`;
}

function valid(decisions) {
  return /^(0|\d{1,7}\.\d{1,7}(-\d{1,7}\.\d{1,7})*)$/.test(decisions);
}

// list returns the decisions other than 0 as pairs [place, option].
export function list(decisions) {
  return decisions === "0" ? [] : decisions.split("-").map((part) => part.split(".").map(Number));
}

// text is the inverse of list.
export function text(pairs) {
  return pairs.length === 0 ? "0" : pairs.map((pair) => pair.join(".")).join("-");
}

// choose returns the decisions of the execution that takes another option at a place: what was decided before stays, and what was decided
// later is gone.
export function choose(decisions, place, option) {
  const before = list(decisions).filter(([at]) => at < place);
  return text(option === 0 ? before : [...before, [place, option]]);
}
