import {drawn, element} from "./element.js";
import * as Layout from "./layout.js";

// Diagram draws the execution in space and time: a lane for each party, a column for each action, an arrow for each message.

const hues = 8;

// draw fills the section. go(at) shows another state.
export function draw(section, view, places, go) {
  const {lanes, arrows, downs, cuts} = Layout.of(view);
  const em = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const column = 2.6 * em, row = 3.6 * em, top = 2.2 * em, left = 5 * em;
  const width = left + (view.actions.length + 3) * column, height = top + lanes.length * row;
  const x = (i) => left + (i + 0.5) * column;
  const y = (id) => top + (lanes.indexOf(id) + 0.5) * row;
  const types = [...new Set(view.actions.flatMap((a) => a.sent.map((m) => kind(m.type))))];
  const hue = (type) => `hue-${types.indexOf(kind(type)) % hues}`;
  const line = (x1, y1, x2, y2, className) => drawn("line", {x1, y1, x2, y2, class: className});
  const text = (tx, ty, className, content) => drawn("text", {x: tx, y: ty, class: className}, content);
  const later = (i) => (i >= view.at ? " later" : "");

  const svg = drawn("svg", {width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${view.actions.length} actions; the list of actions has the same in words`});
  for (const c of cuts) {
    svg.append(drawn("rect", {x: x(c.from) - column / 2, y: top - em, width: (c.to - c.from + 1) * column, height: height - top + em, class: "cut"}, drawn("title", {}, c.text)));
  }
  for (const id of lanes) {
    svg.append(line(left, y(id), width, y(id), "lane"), text(left - em / 2, y(id) + em / 3, "name", id));
  }
  for (const d of downs) svg.append(line(x(d.from), y(d.node), x(d.to), y(d.node), "erased"), line(x(d.from), y(d.node), x(d.to), y(d.node), "down"));
  view.actions.forEach((a, i) => {
    const g = drawn("g", {class: `slot${later(i)}${places.flat().includes(i) ? " found" : ""}`, onclick: () => go(i + 1)}, drawn("title", {}, `${i} ${a.text}`));
    g.append(drawn("rect", {x: x(i) - column / 2, y: 0, width: column, height, class: "hit"}), text(x(i), 1.3 * em, "number", `${i}`));
    if (a.node) g.append(mark(a, x(i), y(a.node), em));
    if (a.kind === "begin") g.append(text(x(i) - 0.5 * em, y(a.node) - 0.8 * em, "operation", clip(a.text.slice(a.text.indexOf(": ") + 2))));
    svg.append(g);
  });
  for (const {message, from, to, outcome} of arrows) {
    if (outcome === "under way" && message.dest === message.src) continue;
    const x1 = x(from), y1 = y(message.src), down = Math.sign(y(message.dest) - y1);
    const x2 = x(to), y2 = y(message.dest) - down * 0.35 * em;
    const part = outcome === "lost" && to === from ? 0.5 : 1;
    const g = drawn("g", {class: `arrow ${hue(message.type)}${later(from)}${from < view.at && to >= view.at ? " flying" : ""} ${outcome.replace(" ", "-")}`});
    g.append(line(x1, y1, x1 + (x2 - x1) * part, y1 + (y2 - y1) * part, ""));
    if (outcome === "received") g.append(head(x1, y1, x2, y2, em));
    if (outcome === "lost") g.append(cross(x2, y2, em));
    g.append(drawn("title", {}, `${message.src} → ${message.dest} ${message.body}`));
    svg.append(g);
  }
  const now = left + view.at * column;
  svg.append(line(now, 0, now, height, "now"));

  const scroll = element("div", {className: "scroll", tabIndex: 0, role: "group", "aria-label": "Messages between the parties"}, svg);
  const old = section.querySelector(".scroll");
  section.replaceChildren(scroll, legend(types));
  scroll.scrollLeft = old ? old.scrollLeft : 0;
  const room = scroll.clientWidth;
  if (now < scroll.scrollLeft + left || now > scroll.scrollLeft + room - 2 * column) scroll.scrollLeft = now - room / 2;
}

// kind is the type of a message; a reply counts as its request.
function kind(type) {
  return type.replace(/_ok$/, "");
}

function clip(text) {
  return text.length > 16 ? `${text.slice(0, 15)}…` : text;
}

function legend(types) {
  return element("p", {className: "legend"}, ...types.map((type, i) => element("span", {}, element("span", {className: `key hue-${i % hues}`}), type)),
    element("span", {className: "soft"}, "■ operation begins  ● message arrives  ▲ timer  ◆ disk has written  ✕ lost, or down"));
}

// mark makes the sign of an action on its lane.
function mark(a, x, y, em) {
  const r = 0.45 * em;
  switch (a.kind) {
    case "begin": return drawn("rect", {x: x - r, y: y - r, width: 2 * r, height: 2 * r, class: "mark"});
    case "fire": return drawn("path", {d: `M${x - r} ${y + r}L${x} ${y - r}L${x + r} ${y + r}Z`, class: "mark"});
    case "sync": return drawn("path", {d: `M${x - r} ${y}L${x} ${y - r}L${x + r} ${y}L${x} ${y + r}Z`, class: "mark"});
    case "start": return drawn("circle", {cx: x, cy: y, r, class: "mark start"});
    case "kill": return cross(x, y, em);
    case "deliver": return drawn("circle", {cx: x, cy: y, r: a.missing ? 0 : 0.28 * em, class: "mark"});
    default: return drawn("g", {});
  }
}

function cross(x, y, em) {
  const r = 0.45 * em;
  return drawn("path", {d: `M${x - r} ${y - r}L${x + r} ${y + r}M${x - r} ${y + r}L${x + r} ${y - r}`, class: "cross"});
}

function head(x1, y1, x2, y2, em) {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1, size = 0.7 * em;
  const ux = (x2 - x1) / length, uy = (y2 - y1) / length;
  const bx = x2 - ux * size, by = y2 - uy * size, w = size / 2.5;
  return drawn("path", {d: `M${x2} ${y2}L${bx - uy * w} ${by + ux * w}L${bx + uy * w} ${by - ux * w}Z`, class: "head"});
}
