import {fitCanvas, strokeLine} from "./element.js";
import {Emphasis} from "./emphasis.js";
import * as Faults from "./faults.js";
import {Outcome} from "./outcome.js";
import * as TimeAxis from "./timeaxis.js";

// DiagramView draws the space-time diagram on a canvas. It makes no decisions: the caller tells it the window, the selection
// and the marks.

const font = "12px system-ui, sans-serif";
const columnWidth = 2; // CSS pixels of a column of the density
const arrowsPerPixel = 6; // with more messages, their density is drawn instead
const crossSize = 4;

// draw draws the scene, {run, index, layout, palette, from, to, shows(m), marks, selected}. marks has the Emphasis of each
// message, or is null. draw returns a description of the drawing: {dense, count, marked, arrows}, where arrows are the
// messages drawn as arrows.
export function draw(canvas, scene) {
  const {layout} = scene;
  const c = fitCanvas(canvas, layout.width, layout.height);
  c.font = font;
  const x = (t) => layout.x(t, scene.from, scene.to);
  const found = collect(scene);
  const room = layout.right - layout.left;
  const dense = found.count > arrowsPerPixel * room;
  const arrows = dense ? found.marked.subarray(0, Math.min(found.marked.length, room)) : found.all;

  drawAxis(c, scene, x);
  clipped(c, layout, () => drawFaults(c, scene, x));
  drawLanes(c, scene, x);
  clipped(c, layout, () => {
    if (dense) drawDensity(c, scene);
    drawArrows(c, scene, x, arrows, dense);
  });
  return {dense, count: found.count, marked: found.marked.length, arrows};
}

// collect returns the messages in the window that pass the filter, and the marked ones among them.
function collect({run, index, from, to, shows, marks, selected}) {
  const all = new Uint32Array(run.messages.count), marked = new Uint32Array(run.messages.count);
  let count = 0, standOut = 0;
  index.each(from, to, (m) => {
    if (!shows(m)) return;
    all[count++] = m;
    if (marks && marks[m] || m === selected) marked[standOut++] = m;
  });
  return {all: all.subarray(0, count), marked: marked.subarray(0, standOut), count};
}

function clipped(c, layout, f) {
  c.save();
  c.beginPath();
  c.rect(layout.left, 0, layout.right - layout.left, layout.bottom);
  c.clip();
  f();
  c.restore();
}

function drawAxis(c, {layout, palette, from, to}, x) {
  c.textAlign = "center";
  c.textBaseline = "top";
  for (const {time, label} of TimeAxis.ticks(from, to, (layout.right - layout.left) / 90)) {
    c.fillStyle = palette.line;
    c.globalAlpha = 0.35;
    c.fillRect(x(time), 0, 1, layout.bottom);
    c.globalAlpha = 1;
    c.fillStyle = palette.soft;
    const half = c.measureText(label).width / 2;
    c.fillText(label, Math.min(x(time), layout.width - half - 5), layout.bottom + 5);
  }
}

function drawFaults(c, {run, layout, palette, from, to}, x) {
  c.textAlign = "left";
  c.textBaseline = "top";
  c.fillStyle = palette.fault;
  for (const {fault, row, until} of layout.labels) {
    const end = fault.end ?? run.duration;
    if (end < from || fault.begin > to) continue;
    const left = Math.max(layout.left, x(fault.begin)), right = Math.min(layout.right, x(end));
    c.globalAlpha = 0.09;
    if (!Faults.stopsNode(fault)) c.fillRect(left, 0, right - left, layout.bottom);
    c.globalAlpha = 0.6;
    const y = 3 + row * layout.labelRow;
    c.fillRect(left, y, 2, layout.labelRow - 2);
    c.fillRect(left, y, right - left, 1);
    c.globalAlpha = 1;
    c.fillText(shorten(c, fault.text, Math.min(x(until), layout.right) - left - 8), left + 5, y + 2);
  }
}

// shorten cuts text to a width. If nothing is left, it returns "".
function shorten(c, text, width) {
  if (c.measureText(text).width <= width) return text;
  let n = text.length;
  while (n > 0 && c.measureText(text.slice(0, n) + "…").width > width) n--;
  return n < 3 ? "" : text.slice(0, n) + "…";
}

// drawLanes draws a line for each party, with gaps while a node was paused or dead.
function drawLanes(c, {run, layout, palette, from, to}, x) {
  c.textAlign = "right";
  c.textBaseline = "middle";
  for (const {party, y} of layout.lanes) {
    c.fillStyle = run.parties[party].role === "node" ? palette.text : palette.soft;
    if (layout.gap >= 9) c.fillText(shorten(c, run.parties[party].id, layout.left - 10), layout.left - 8, y);
    c.strokeStyle = palette.line;
    c.lineWidth = 1;
    strokeLine(c, layout.left, y, layout.right, y);
    for (const fault of run.faults) {
      if (!Faults.stopsNode(fault) || !fault.nodes.includes(party)) continue;
      const begin = Math.max(fault.begin, from), end = Math.min(fault.end ?? run.duration, to);
      if (begin > end) continue;
      c.strokeStyle = palette.paper;
      c.lineWidth = 5;
      strokeLine(c, x(begin), y, x(end), y);
      c.strokeStyle = palette.bad;
      c.lineWidth = 1.5;
      c.setLineDash([2, 4]);
      strokeLine(c, x(begin), y, x(end), y);
      c.setLineDash([]);
    }
  }
}

// drawDensity draws, on the lane of each sender, the number of messages that it sent in each column, in the colour of the
// type that most of them have; and downwards, on the lane of the receiver, the number of lost messages.
function drawDensity(c, scene) {
  const {layout, palette, run} = scene;
  const columns = Math.ceil((layout.right - layout.left) / columnWidth);
  const row = new Int32Array(run.parties.length).fill(-1);
  layout.lanes.forEach(({party}, i) => { row[party] = i; });
  const {sent, lost, type} = countColumns(scene, columns, row);
  const highest = Math.sqrt(sent.reduce((a, b) => Math.max(a, b), 1));
  const room = layout.gap * 0.75;
  c.globalAlpha = scene.marks ? 0.3 : 1;
  for (let cell = 0; cell < sent.length; cell++) {
    const {y} = layout.lanes[Math.floor(cell / columns)];
    const x = layout.left + cell % columns * columnWidth;
    if (sent[cell] > 0) {
      const height = Math.max(1, room * Math.sqrt(sent[cell]) / highest);
      c.fillStyle = palette.types[type[cell]];
      c.fillRect(x, y - height, columnWidth, height);
    }
    if (lost[cell] > 0) {
      c.fillStyle = palette.bad;
      c.fillRect(x, y, columnWidth, Math.max(1, Math.min(layout.gap * 0.25, lost[cell])));
    }
  }
  c.globalAlpha = 1;
}

// countColumns counts the messages in each lane and column. It finds the most frequent type by majority vote (Boyer and
// Moore).
function countColumns({run, index, from, to, shows}, columns, row) {
  const {sent: at, src, dest, type: typeOf, outcome} = run.messages;
  const lanes = row.reduce((most, r) => Math.max(most, r + 1), 0);
  const sent = new Uint32Array(lanes * columns), lost = new Uint32Array(lanes * columns);
  const type = new Uint16Array(lanes * columns), votes = new Uint32Array(lanes * columns);
  const column = (t) => Math.floor((t - from) / (to - from) * columns);
  index.each(from, to, (m) => {
    if (!shows(m)) return;
    const i = column(at[m]);
    if (row[src[m]] >= 0 && i >= 0 && i < columns) {
      const cell = row[src[m]] * columns + i;
      sent[cell]++;
      if (votes[cell] === 0) type[cell] = typeOf[m];
      if (type[cell] === typeOf[m]) votes[cell]++;
      else votes[cell]--;
    }
    const j = column(index.end[m]);
    if (row[dest[m]] >= 0 && Outcome.wasLost(outcome[m]) && j >= 0 && j < columns) lost[row[dest[m]] * columns + j]++;
  });
  return {sent, lost, type};
}

// drawArrows draws the messages, with the emphasized ones last.
function drawArrows(c, scene, x, arrows, dense) {
  const {palette, marks, run} = scene;
  const heads = arrows.length <= scene.layout.right - scene.layout.left;
  const strong = arrows.length < 400 ? 0.9 : 0.6;
  for (const emphasis of marks && !dense ? [Emphasis.none, Emphasis.some, Emphasis.full] : [Emphasis.full]) {
    const byType = run.types.map(() => []);
    for (const m of arrows) {
      if (!marks || dense || marks[m] === emphasis) byType[run.messages.type[m]].push(m);
    }
    c.globalAlpha = marks ? [0.13, 0.4, 0.95][emphasis] : strong;
    const width = marks && emphasis === Emphasis.full ? 1.8 : 1;
    byType.forEach((some, type) => drawSome(c, scene, x, some, {color: palette.types[type], width, heads}));
  }
  c.globalAlpha = 1;
  if (scene.selected >= 0) drawSome(c, scene, x, [scene.selected], {color: palette.text, width: 3.5, heads: true});
}

// drawSome draws messages in one style. Each line is a separate stroke: without a graphics card, browsers take far longer
// for a single path of many crossing lines, if the lines are wider than a pixel.
function drawSome(c, scene, x, some, {color, width, heads}) {
  c.strokeStyle = c.fillStyle = color;
  c.lineWidth = width;
  for (const m of some) {
    const a = arrow(scene, x, m);
    strokeLine(c, a.x1, a.y1, a.x2, a.y2);
    if (heads && scene.run.messages.outcome[m] === Outcome.received) drawHead(c, a);
  }
  c.strokeStyle = scene.palette.bad;
  c.lineWidth = Math.max(1.5, width);
  for (const m of some) {
    if (Outcome.wasLost(scene.run.messages.outcome[m])) drawCross(c, arrow(scene, x, m));
  }
}

// arrow returns the ends of a message's line. The line of a lost message ends before the receiver's lane.
function arrow({run, index, layout}, x, m) {
  const {sent, src, dest, outcome} = run.messages;
  const x1 = x(sent[m]), y1 = layout.y(src[m], dest[m]);
  let x2 = x(index.end[m]), y2 = layout.y(dest[m], src[m]);
  if (Outcome.wasLost(outcome[m])) {
    const share = 1 - Math.min(0.3, 9 / (Math.abs(y2 - y1) || 1));
    x2 = x1 + (x2 - x1) * share;
    y2 = y1 + (y2 - y1) * share;
  }
  return {x1, y1, x2, y2};
}

function drawHead(c, {x1, y1, x2, y2}) {
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length < 4) return;
  const ux = (x2 - x1) / length * 7, uy = (y2 - y1) / length * 7;
  c.beginPath();
  c.moveTo(x2, y2);
  c.lineTo(x2 - ux - uy * 0.4, y2 - uy + ux * 0.4);
  c.lineTo(x2 - ux + uy * 0.4, y2 - uy - ux * 0.4);
  c.fill();
}

function drawCross(c, {x2, y2}) {
  strokeLine(c, x2 - crossSize, y2 - crossSize, x2 + crossSize, y2 + crossSize);
  strokeLine(c, x2 - crossSize, y2 + crossSize, x2 + crossSize, y2 - crossSize);
}

// nearest returns the message whose line is closest to a point, within 7 CSS pixels; -1 if there is none.
export function nearest(scene, arrows, px, py) {
  const {layout, from, to} = scene;
  const x = (t) => layout.x(t, from, to);
  let best = -1, least = 7;
  for (const m of arrows) {
    const {x1, y1, x2, y2} = arrow(scene, x, m);
    const dx = x2 - x1, dy = y2 - y1;
    const along = ((px - x1) * dx + (py - y1) * dy) / (dx * dx + dy * dy || 1);
    const share = Math.max(0, Math.min(1, along));
    const distance = Math.hypot(px - x1 - share * dx, py - y1 - share * dy);
    if (distance < least) [best, least] = [m, distance];
  }
  return best;
}
