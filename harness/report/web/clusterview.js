import {fitCanvas, strokeLine} from "./element.js";
import * as Faults from "./faults.js";
import {Outcome} from "./outcome.js";

// ClusterView draws the cluster at one moment on a canvas.

const nodeRadius = 13;
const aside = 3; // CSS pixels
const most = 3000; // messages drawn at once
const fewWays = 400; // paths are drawn up to this number of messages
const diesAt = 0.6; // the part of its path that a lost message travels

// draw draws the scene, {run, index, layout, palette, figures, time, shortest, clients, shows(m), selected}. A message is
// under way for at least `shortest` ns, so that the eye can follow it. draw returns the number of messages under way and the
// number drawn: {flying, drawn}.
export function draw(canvas, scene) {
  const {run, layout, time} = scene;
  const c = fitCanvas(canvas, layout.width, layout.height);
  const faults = Faults.during(run, time);
  const cut = faults.flatMap((fault) => fault.cut || []);
  drawCuts(c, scene, cut);
  const flying = collect(scene);
  drawMessages(c, scene, flying.slice(0, most));
  drawParties(c, scene, faults, Faults.islands(run, cut));
  return {flying: flying.length, drawn: Math.min(flying.length, most)};
}

// collect returns the messages under way; lost messages stay for `shortest` longer.
function collect({run, index, layout, time, shortest, clients, shows}) {
  const {sent, src, dest, outcome} = run.messages;
  const flying = [];
  index.each(time - 2 * shortest, time, (m) => {
    const extra = Outcome.wasLost(outcome[m]) ? shortest : 0;
    if (time > sent[m] + Math.max(index.end[m] - sent[m], shortest) + extra) return;
    if (!layout.places[src[m]] || !layout.places[dest[m]] || !shows(m)) return;
    const ofClient = run.parties[src[m]].role === "client" || run.parties[dest[m]].role === "client";
    if (clients || !ofClient) flying.push(m);
  });
  return flying;
}

// drawCuts draws each cut link on the half near the receiver, which does not hear the sender. A link that is cut both ways
// is a whole line.
function drawCuts(c, {layout, palette}, cut) {
  c.strokeStyle = palette.bad;
  c.globalAlpha = cut.length > 60 ? 0.2 : 0.6;
  c.lineWidth = 1.2;
  c.setLineDash([5, 5]);
  for (const [src, dest] of cut) {
    const [a, b] = [layout.places[src], layout.places[dest]];
    strokeLine(c, (a.x + b.x) / 2, (a.y + b.y) / 2, b.x, b.y);
  }
  c.setLineDash([]);
  c.globalAlpha = 1;
}

// drawMessages draws a dot for each message and, while there are few messages, the path behind it. Like the diagram's
// arrows, they are drawn one by one.
function drawMessages(c, scene, flying) {
  const {run, index, layout, palette, time, shortest, selected} = scene;
  const {sent, src, dest, type, outcome} = run.messages;
  for (const m of flying) {
    const [a, b] = roadside(layout.places[src[m]], layout.places[dest[m]]);
    const lost = Outcome.wasLost(outcome[m]);
    const progress = Math.min(1, (time - sent[m]) / (Math.max(index.end[m] - sent[m], shortest) || 1));
    const share = progress * (lost ? diesAt : 1);
    const [x, y] = [a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share];
    c.strokeStyle = c.fillStyle = palette.types[type[m]];
    if (flying.length <= fewWays) {
      c.lineWidth = 1;
      c.globalAlpha = 0.4;
      strokeLine(c, a.x, a.y, x, y);
      c.globalAlpha = 1;
    }
    if (lost && progress === 1) {
      c.strokeStyle = palette.bad;
      c.lineWidth = 2.5;
      strokeLine(c, x - 5, y - 5, x + 5, y + 5);
      strokeLine(c, x - 5, y + 5, x + 5, y - 5);
    } else {
      fillDot(c, x, y, m === selected ? 7 : 4);
    }
  }
}

// roadside returns the path from a to b, moved a little to its right, so that messages in opposite directions do not hide
// each other.
function roadside(a, b) {
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const [dx, dy] = [-(b.y - a.y) / length * aside, (b.x - a.x) / length * aside];
  return [{x: a.x + dx, y: a.y + dy}, {x: b.x + dx, y: b.y + dy}];
}

function fillDot(c, x, y, radius) {
  c.beginPath();
  c.arc(x, y, radius, 0, 2 * Math.PI);
  c.fill();
}

function drawParties(c, scene, faults, {island, count}) {
  const {run, layout, palette, clients} = scene;
  const stopped = new Map();
  for (const fault of faults.filter(Faults.stopsNode)) {
    for (const p of fault.nodes) stopped.set(p, fault.name === "pause" ? "paused" : "dead");
  }
  run.parties.forEach(({role}, p) => {
    const place = layout.places[p];
    if (!place) return;
    if (role === "client") {
      c.fillStyle = palette.soft;
      if (clients) fillDot(c, place.x, place.y, 4);
    } else {
      const apart = count > 1 && island.has(p);
      drawParty(c, scene, p, apart ? palette.hues[island.get(p) % palette.hues.length] : palette.soft, stopped.get(p));
    }
  });
}

// drawParty draws a node or a service. A ring has the colour of its side of the partition.
function drawParty(c, scene, p, ring, stopped) {
  const {run, layout, palette, figures, time} = scene;
  const {x, y, ux, uy} = layout.places[p];
  const {id, role} = run.parties[p];
  c.fillStyle = stopped ? palette.line : palette.paper;
  c.strokeStyle = stopped ? palette.soft : ring;
  c.lineWidth = 3;
  c.setLineDash(stopped ? [3, 3] : []);
  c.beginPath();
  if (role === "node") c.arc(x, y, nodeRadius, 0, 2 * Math.PI);
  else c.roundRect(x - 30, y - 12, 60, 24, 5);
  c.fill();
  c.stroke();
  c.setLineDash([]);
  c.fillStyle = palette.text;
  c.font = "600 11px system-ui, sans-serif";
  c.textAlign = "center";
  c.textBaseline = "middle";
  c.fillText(id, x, y, role === "node" ? 2 * nodeRadius - 3 : 56);
  const lines = layout.roomy ? figureLines(figures.at(p, time)) : [];
  if (stopped) lines.unshift(stopped);
  c.font = "11px system-ui, sans-serif";
  c.textAlign = Math.abs(ux) < 0.3 ? "center" : ux > 0 ? "left" : "right";
  const away = nodeRadius + (role === "node" ? 21 : 4);
  const height = (lines.length - 1) * 13;
  lines.forEach((line, i) => {
    const up = uy < -0.3 ? -height : uy > 0.3 ? 0 : -height / 2;
    c.fillStyle = line === stopped ? palette.bad : palette.soft;
    c.fillText(line, x + ux * away, y + uy * away + (Math.abs(ux) < 0.3 ? Math.sign(uy) * 4 : 0) + up + i * 13);
  });
}

// figureLines returns the lines with a party's figures that stand beside it. Where they do not fit, the table has them.
function figureLines({sent, received, lost, ok}) {
  const counts = `↑${sent} ↓${received}${lost > 0 ? ` ✕${lost}` : ""}`;
  return ok === null ? [counts] : [counts, `ok ${(ok / 1e9).toFixed(2)} s`];
}
