import {element} from "./element.js";
import * as Format from "./format.js";

// Properties shows what was seen of the properties that the nodes declared.

export function table(properties) {
  const head = ["kind", "property", "seen", "first", "at"];
  return element("div", {className: "scroll", tabIndex: 0, role: "region", "aria-label": "Properties"},
    element("table", {}, element("thead", {}, element("tr", {}, ...head.map((h) => element("th", {scope: "col"}, h)))),
      element("tbody", {}, ...properties.map((p) => element("tr", {}, ...row(p).map((cell) => element("td", {}, cell)))))));
}

// row returns the texts of a property's row: its kind, its name, what was seen, when for the first time, and at which nodes.
export function row(p) {
  const violation = (p.violations || [])[0];
  const first = violation || p.first;
  const time = first ? Format.time(first["time-ns"]) : "";
  return [p.kind, p.name, seen(p), time, violation ? violation.node : (p.nodes || []).join(", ")];
}

function seen(p) {
  const {held = 0, failed = 0, smallest, largest} = p;
  const times = (n) => n === 1 ? "once" : `${Format.count(n)} times`;
  switch (p.kind) {
    case "always":
      if (failed > 0) return `violated ${times(failed)}`;
      return held > 0 ? `held ${times(held)}` : "never checked";
    case "sometimes":
      if (held > 0) return `true ${times(held)}`;
      return failed > 0 ? `never true, checked ${times(failed)}` : "never checked";
    case "extremes":
      return largest ? `${Format.count(smallest.value)} to ${Format.count(largest.value)}` : "never seen";
    default:
      return held > 0 ? `reached ${times(held)}` : "never reached";
  }
}
