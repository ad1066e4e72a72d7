import * as Difference from "./difference.js";
import {button, element} from "./element.js";
import * as Nodes from "./nodes.js";

// Sides shows two executions side by side, and marks the first difference.

// draw fills the section with the execution of the page and another one, in the same place. go(at) goes there, swap and close are what the buttons
// do.
export function draw(section, view, other, {go, swap, close}) {
  const first = Difference.first(view.actions, other.actions);
  const said = first < 0 ? "Both executions are the same." : `The first difference is action ${first}.`;
  const n = Math.max(view.actions.length, other.actions.length);
  const rows = Array.from({length: n}, (_, i) => {
    const [a, b] = [view.actions[i]?.text ?? "", other.actions[i]?.text ?? ""];
    const tr = element("tr", {className: `${i === first ? "first" : ""}${i > first && first >= 0 && a !== b ? " differs" : ""}${i === view.at - 1 ? " current" : ""}`},
      element("td", {}, button(`side ${i}`, `go to action ${i}`, `${i}`, () => go(i + 1))), element("td", {}, a), element("td", {}, b));
    return tr;
  });
  const verdict = (v) => (v.reasons.length > 0 ? `✗ invalid: ${v.reasons[0]}` : "✓ valid");
  section.replaceChildren(element("h2", {}, "Side by side"),
    element("p", {className: "bar"}, element("span", {role: "status"}, said),
      first >= 0 ? button("first difference", "go to the first difference (d)", "Go to it", () => go(first + 1)) : "",
      button("swap", "swap the two executions (s)", "Swap", swap), button("close", "show one execution (c)", "Close", close)),
    element("div", {className: "scroll", tabIndex: 0, role: "group", "aria-label": "Actions of both executions"}, element("table", {className: "sides"},
      element("thead", {}, element("tr", {}, element("th", {}, ""), element("th", {}, `${view.decisions}: ${verdict(view)}`), element("th", {}, `${other.decisions}: ${verdict(other)}`))),
      element("tbody", {}, ...rows))),
    element("h3", {}, "Nodes after as many actions: + in this execution, − in the other one"),
    element("div", {className: "cards"}, ...Nodes.draw(view.now, other.now)));
}
