import * as Difference from "./difference.js";
import {element} from "./element.js";

// Nodes shows the states of the nodes, and what is different from another state.

// draw returns a card for each node of the state, compared with an earlier one, or with another execution's; before may be null.
export function draw(now, before) {
  return now.nodes.map((n, i) => card(n, before?.nodes[i]));
}

function card(n, before) {
  const changed = before && JSON.stringify(before) !== JSON.stringify(n);
  const facts = [
    fact(n.up ? "up" : "down", before && before.up !== n.up),
    fact(`clock ${n.clock}`, before && before.clock !== n.clock),
    fact(n.timers.length === 0 ? "no timers" : `timers in ${n.timers.join(", ")}`, before && `${before.timers}` !== `${n.timers}`),
  ];
  if (n.disk) facts.push(fact(`disk: ${n.disk}`, before && before.disk !== n.disk));
  if (n.lives > 1) facts.push(fact(`started ${n.lives} times`, before && before.lives !== n.lives));
  return element("article", {className: `node${n.up ? "" : " is-down"}${changed ? " changed" : ""}`, "aria-label": n.id + (changed ? ", changed" : "")},
    element("h3", {}, n.id, changed ? element("span", {className: "badge"}, "changed") : ""),
    element("p", {className: "facts"}, ...facts),
    shown(n, before),
    properties(n, before));
}

function fact(text, changed) {
  return element("span", {className: changed ? "fact is-new" : "fact"}, text);
}

function shown(n, before) {
  if (!n.up) return "";
  if (!n.shows) return element("p", {className: "soft"}, "shows no state: see Node.Show");
  const pre = element("pre", {tabIndex: 0, "aria-label": `state of ${n.id}`});
  const after = Difference.compact(n.shows);
  const changes = Difference.lines(before?.up ? Difference.compact(before.shows) : after, after);
  const names = {"+": "is-new", "-": "is-gone", "": ""};
  for (const {text, change} of changes) {
    pre.append(element("span", {className: `line ${names[change]}`}, `${change || " "} ${text}\n`));
  }
  return pre;
}

function properties(n, before) {
  if (n.properties.length === 0) return "";
  return element("ul", {className: "properties"}, ...n.properties.map((p, i) => element("li", {className: p.violated ? "bad" : ""},
    element("strong", {className: before && before.properties[i]?.times !== p.times ? "is-new" : ""}, p.violated ? "✗ " : p.times > 0 ? "✓ " : "· "),
    p.latest || `${p.kind} "${p.name}": not seen yet`)));
}
