import {element} from "./element.js";

// Keys are the keys of the page.

export const table = [
  ["← →", "one action back, or on"],
  ["Home End", "to the beginning, to the end"],
  ["0 … 9", "take the option with this number; two digits in quick succession for larger numbers"],
  ["↑ ↓ Enter", "choose an option of the list, and take it"],
  ["[ ]", "the execution that was tried before this one in the tree, after it"],
  ["c", "compare: keep this execution on the other side, or close that side"],
  ["s", "swap the two sides"],
  ["d", "to the first difference of the two sides"],
  ["f", "find an event, or one before another"],
  ["n N", "the next mark, the one before"],
  ["g", "search for a failure"],
  ["+ -", "larger, smaller"],
  ["?", "these keys; Esc closes them"],
];

// fill fills the dialog.
export function fill(dialog) {
  dialog.replaceChildren(element("h2", {}, "Keys"),
    element("dl", {}, ...table.flatMap(([keys, what]) => [element("dt", {}, ...keys.split(" ").map((k) => element("kbd", {}, k))), element("dd", {}, what)])),
    element("form", {method: "dialog"}, element("button", {autofocus: true}, "Close")));
}

// typing reports whether the reader writes into a field.
export function typing(event) {
  return event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.("input, select, textarea") || document.querySelector("dialog[open]") !== null;
}
