import {element, fitCanvas, everyFrame} from "./element.js";
import * as Format from "./format.js";
import * as Operation from "./operation.js";
import * as Palette from "./palette.js";
import {firstWhere} from "./search.js";
import * as TimeAxis from "./timeaxis.js";

// Timeline shows the operations of each worker: a bar for each operation, from its invocation to its completion.
export class Timeline {
  static #left = 74; // px: room for the names of workers

  // mount fills a section of the page. It listens to "range", "time" and "select-op" on the bus, and emits "select-op".
  static mount(section, run, bus) {
    return new Timeline(section, run, bus);
  }

  #run; #bus; #box; #canvas; #status; #rows; #height; #colours;
  #from = 0; #to; #selected = -1; #time = null;
  #redraw = everyFrame(() => this.#draw());

  constructor(section, run, bus) {
    this.#run = run;
    this.#bus = bus;
    this.#to = Math.max(run.duration, 1e3);
    this.#rows = Timeline.#group(run);
    this.#height = this.#rows.length > 60 ? 8 : this.#rows.length > 20 ? 14 : 20;
    this.#canvas = element("canvas", {
      tabIndex: 0, role: "application",
      "aria-label": "Operations of each worker. Left and right choose the worker's previous and next operation, up and down another worker.",
    });
    this.#box = element("div", {className: "timeline scroll"}, this.#canvas);
    this.#status = element("p", {className: "soft", role: "status"}, "Click a bar, or use the arrow keys, to choose an operation.");
    section.append(element("h2", {}, "Workers"), Timeline.#legend(), this.#box, this.#status);
    this.#canvas.addEventListener("click", (e) => this.#click(e));
    this.#canvas.addEventListener("pointermove", (e) => this.#hover(e));
    this.#canvas.addEventListener("keydown", (e) => this.#key(e));
    bus.on("range", ({from, to}) => {
      [this.#from, this.#to] = [from, to];
      this.#redraw();
    });
    bus.on("time", (t) => {
      this.#time = t;
      this.#redraw();
    });
    bus.on("select-op", (index) => this.#select(index));
    new ResizeObserver(this.#redraw).observe(this.#box);
    Palette.onChange(() => {
      this.#colours = null;
      this.#redraw();
    });
  }

  // group returns the bars of each worker in the order of time: {name, bars}. Processes of the same worker have
  // numbers that are equal modulo the number of workers.
  static #group(run) {
    const nodes = run.test.nodes || [];
    const rows = new Map();
    for (const op of run.ops) {
      if (op.process === "nemesis" || op.type !== "invoke") continue;
      const worker = run.workers > 0 ? op.process % run.workers : op.process;
      if (!rows.has(worker)) rows.set(worker, {worker, bars: [], longest: 0});
      const operation = Operation.of(run, op.index);
      const row = rows.get(worker);
      const end = operation.last ? operation.last.time : run.duration;
      row.bars.push({index: op.index, from: op.time, to: end, outcome: Operation.outcome(operation), f: op.f});
      row.longest = Math.max(row.longest, end - op.time);
    }
    const name = (worker) => nodes.length > 0 ? `${worker} → ${nodes[worker % nodes.length]}` : String(worker);
    return [...rows.values()].sort((a, b) => a.worker - b.worker).map((row) => ({...row, name: name(row.worker)}));
  }

  static #legend() {
    const names = [["ok", "ok"], ["fail", "failed"], ["info", "of unknown outcome"], ["open", "not completed"]];
    return element("p", {className: "legend"}, ...names.map(([type, text]) =>
      element("span", {}, element("span", {className: `key ${type}`}), text)));
  }

  #draw() {
    const width = Math.max(240, Math.floor(this.#box.clientWidth)), height = this.#rows.length * this.#height + 24;
    this.#canvas.style.width = `${width}px`;
    const c = fitCanvas(this.#canvas, width, height);
    const colours = this.#colours ??= Palette.of(this.#canvas, this.#run);
    c.font = "11px system-ui, sans-serif";
    c.textBaseline = "middle";
    this.#drawFaults(c, height - 20);
    this.#drawAxis(c, width, height);
    this.#rows.forEach((row, i) => {
      const y = i * this.#height;
      c.fillStyle = colours.soft;
      if (this.#height > 10 || i % 2 === 0) c.fillText(row.name, 2, y + this.#height / 2, Timeline.#left - 8);
      for (const bar of this.#visible(row)) this.#drawBar(c, bar, y);
    });
    if (this.#time !== null && this.#time >= this.#from && this.#time <= this.#to) {
      c.fillStyle = colours.cursor;
      c.fillRect(this.#x(this.#time), 0, 1, height - 20);
    }
  }

  #x(t) {
    return Timeline.#left + (t - this.#from) / (this.#to - this.#from) * (this.#canvas.clientWidth - Timeline.#left);
  }

  // visible returns the bars that overlap the part of the run shown.
  #visible(row) {
    const begin = Timeline.#firstAfter(row.bars, this.#from - row.longest), end = Timeline.#firstAfter(row.bars, this.#to);
    return row.bars.slice(begin, end);
  }

  static #firstAfter(bars, t) {
    return firstWhere(bars.length, (i) => bars[i].from >= t);
  }

  #drawBar(c, bar, y) {
    const left = Math.max(Timeline.#left, this.#x(bar.from)), right = this.#x(bar.to);
    if (right < Timeline.#left) return;
    const width = Math.max(2, right - left);
    c.fillStyle = this.#colours[bar.outcome];
    c.fillRect(left, y + 2, width, this.#height - 4);
    if (bar.index === this.#selected) {
      c.strokeStyle = this.#colours.text;
      c.lineWidth = 2;
      c.strokeRect(left - 1, y + 1, width + 2, this.#height - 2);
    }
    if (width > 44 && this.#height > 12) {
      c.fillStyle = this.#colours.paper;
      c.fillText(bar.f, left + 4, y + this.#height / 2, width - 8);
    }
  }

  #drawFaults(c, height) {
    c.save();
    c.globalAlpha = 0.12;
    c.fillStyle = this.#colours.fault;
    c.beginPath(); // one path, so that overlapping faults do not get darker
    for (const fault of this.#run.faults) {
      const left = Math.max(Timeline.#left, this.#x(fault.begin)), right = this.#x(fault.end);
      if (right > left) c.rect(left, 0, right - left, height);
    }
    c.fill();
    c.restore();
  }

  #drawAxis(c, width, height) {
    c.fillStyle = this.#colours.soft;
    for (const {time, label} of TimeAxis.ticks(this.#from, this.#to, Math.max(2, width / 110))) {
      const x = this.#x(time);
      c.fillRect(x, height - 20, 1, 4);
      c.fillText(label, Math.min(x, width - c.measureText(label).width - 2), height - 8);
    }
  }

  // at returns the bar under the pointer, or the nearest bar within a few pixels.
  #at(e) {
    const row = this.#rows[Math.floor(e.offsetY / this.#height)];
    if (!row) return null;
    const distance = (bar) => Math.max(this.#x(bar.from) - e.offsetX, e.offsetX - Math.max(this.#x(bar.to), this.#x(bar.from) + 2), 0);
    let best = null;
    for (const bar of this.#visible(row)) {
      if (distance(bar) <= 4 && (!best || distance(bar) <= distance(best))) best = bar;
    }
    return best;
  }

  #click(e) {
    const bar = this.#at(e);
    if (bar) this.#bus.emit("select-op", bar.index);
  }

  #hover(e) {
    const bar = this.#at(e);
    this.#canvas.title = bar ? `op ${bar.index}: ${bar.f}, ${bar.outcome}, ${Format.duration(bar.to - bar.from)}` : "";
    this.#canvas.classList.toggle("on-bar", bar !== null);
  }

  #key(e) {
    const move = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[e.key];
    if (!move || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    const [row, bar] = this.#place();
    if (row < 0) {
      const first = this.#rows.map((r) => this.#visible(r)[0]).find(Boolean);
      if (first) this.#bus.emit("select-op", first.index);
      return;
    }
    const target = this.#rows[row + move[0]];
    if (!target) return;
    const at = move[0] === 0 ? bar + move[1] : Math.min(target.bars.length - 1, Timeline.#firstAfter(target.bars, this.#rows[row].bars[bar].from));
    if (target.bars[at]) this.#bus.emit("select-op", target.bars[at].index);
  }

  // place returns the row of the selected operation and its position in the row.
  #place() {
    for (const [i, row] of this.#rows.entries()) {
      const at = row.bars.findIndex((bar) => bar.index === this.#selected);
      if (at >= 0) return [i, at];
    }
    return [-1, -1];
  }

  #select(index) {
    const operation = Operation.of(this.#run, index);
    this.#selected = operation && operation.first ? operation.first.index : -1;
    const {first} = operation || {};
    this.#status.textContent = first
      ? `Chosen: op ${first.index}, ${first.f} ${Format.clip(first.value, 60)} of process ${first.process}${first.node ? ` on ${first.node}` : ""}, ${Operation.outcome(operation)}.`
      : "Click a bar, or use the arrow keys, to choose an operation.";
    this.#redraw();
  }
}
