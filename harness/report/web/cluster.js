import {ClusterFigures} from "./clusterfigures.js";
import * as ClusterLayout from "./clusterlayout.js";
import {ClusterTable} from "./clustertable.js";
import * as ClusterView from "./clusterview.js";
import {element, iconButton, everyFrame} from "./element.js";
import * as Faults from "./faults.js";
import {Filter} from "./filter.js";
import {Legend} from "./legend.js";
import * as MessageIndex from "./messageindex.js";
import * as Palette from "./palette.js";

// Cluster is the cluster view: messages under way between the nodes, as the reader moves or plays time. ClusterView draws
// it.
export class Cluster {
  static #speeds = [0.1, 0.25, 0.5, 1, 2, 5, 10];
  static #glance = 0.3e9; // ns of the reader's time for which every message stays visible at least

  // mount fills a section of the page with the cluster view of a run. It listens to "time", "range", "filter" and
  // "select-message" on the bus, and emits "time". Time moves only when the reader plays it.
  static mount(section, run, bus) {
    section.classList.add("cluster");
    return new Cluster(section, run, bus);
  }

  #run; #bus; #section; #index; #figures; #layout; #palette;
  #time = 0; #speed = 1; #clients = true; #selected = -1;
  #filter; #legend;
  #playing = null; // time of the last frame, in ms; null while paused
  #canvas; #slider; #clock; #playButton; #note; #table;
  #redraw = everyFrame(() => this.#draw());

  constructor(section, run, bus) {
    this.#run = run;
    this.#bus = bus;
    this.#section = section;
    this.#index = MessageIndex.of(run);
    this.#figures = new ClusterFigures(run);
    this.#canvas = element("canvas", {
      tabIndex: 0, role: "img",
      "aria-label": "The nodes of the cluster and the messages between them. Space plays and stops.",
    });
    this.#note = element("p", {className: "view-note"});
    this.#table = new ClusterTable(run, this.#figures, () => this.#redraw());
    this.#filter = new Filter(run, bus, () => this.#redraw());
    this.#legend = new Legend(run, bus);
    const help = element("p", {className: "view-note"}, "Beside a node: ↑ messages sent, ↓ received, ✕ sent and lost until now, " +
      "and when it last answered a client ok. The dot is its clients.");
    section.append(this.#bar(), this.#legend.root, this.#canvas, this.#note, help, this.#table.root);
    this.#listen();
    this.#recolour();
    this.#resize();
    this.#moveTo(this.#beginning());
  }

  // beginning returns the time at which servers first talked to each other, so that the view shows something at once.
  #beginning() {
    const {sent, src, dest} = this.#run.messages;
    const isClient = (p) => this.#run.parties[p].role === "client";
    const first = this.#index.order.find((m) => !isClient(src[m]) && !isClient(dest[m]));
    return first === undefined ? 0 : sent[first];
  }

  #moveTo(t) {
    this.#time = t;
    this.#slider.value = t;
    this.#redraw();
  }

  #bar() {
    this.#playButton = iconButton("▶", "Play", () => this.#toggle());
    this.#slider = element("input", {
      type: "range", min: 0, max: this.#run.duration, step: "any", value: 0, "aria-label": "Time",
      oninput: () => this.#bus.emit("time", Number(this.#slider.value)),
    });
    this.#clock = element("output");
    const speed = element("select", {"aria-label": "Speed", onchange: () => {
      this.#speed = Number(speed.value);
      this.#redraw();
    }}, ...Cluster.#speeds.map((s) => element("option", {value: s, textContent: `${s}×`, selected: s === this.#speed})));
    const clients = element("input", {type: "checkbox", checked: true, onchange: () => {
      this.#clients = clients.checked;
      this.#redraw();
    }});
    return element("div", {className: "view-bar"}, this.#playButton,
      iconButton("‹", "To the message before", () => this.#step(-1)), iconButton("›", "To the next message", () => this.#step(1)),
      this.#slider, this.#clock, speed, element("label", {}, clients, "Clients"));
  }

  #listen() {
    this.#bus.on("time", (t) => {
      if (t !== null) this.#moveTo(t); // the view always shows some moment
    });
    this.#bus.on("range", ({from, to}) => {
      this.#slider.min = from;
      this.#slider.max = to;
      this.#slider.value = this.#time;
    });
    this.#bus.on("select-message", (m) => {
      this.#selected = m;
      this.#redraw();
    });
    new ResizeObserver(() => this.#resize()).observe(this.#section);
    Palette.onChange(() => this.#recolour());
    this.#section.addEventListener("keydown", (e) => {
      if (e.key !== " " || e.target.closest("button, select, summary, input[type=checkbox]")) return;
      e.preventDefault();
      this.#toggle();
    });
  }

  #recolour() {
    this.#palette = Palette.of(this.#section, this.#run);
    this.#legend.recolour(this.#palette);
    this.#redraw();
  }

  #resize() {
    this.#layout = ClusterLayout.of(this.#run, Math.max(280, this.#canvas.clientWidth));
    this.#redraw();
  }

  #draw() {
    const {flying, drawn} = ClusterView.draw(this.#canvas, {
      run: this.#run, index: this.#index, layout: this.#layout, palette: this.#palette, figures: this.#figures, time: this.#time,
      shortest: Cluster.#glance * this.#speed, clients: this.#clients, selected: this.#selected, shows: (m) => this.#filter.shows(m),
    });
    this.#clock.textContent = `${(this.#time / 1e9).toFixed(4)} s`;
    const parts = Faults.during(this.#run, this.#time).map((fault) => fault.text + this.#sides(fault));
    if (drawn < flying) parts.push(`${drawn.toLocaleString("en")} of ${flying.toLocaleString("en")} messages are drawn`);
    this.#note.textContent = parts.join(" · ") || "No faults now. Quick messages are slowed down, so that the eye can follow them.";
    this.#table.update(this.#time);
  }

  // sides returns the groups of nodes into which a partition divides the cluster, if there are several: " (n0 n2 |
  // n1)".
  #sides(fault) {
    const {island, count} = Faults.islands(this.#run, fault.cut || []);
    if (count < 2) return "";
    const sides = Array.from({length: count}, () => []);
    for (const [p, i] of island) sides[i].push(this.#run.parties[p].id);
    return ` (${sides.map((side) => side.join(" ")).join(" | ")})`;
  }

  #toggle() {
    const start = this.#playing === null;
    this.#playing = start ? performance.now() : null;
    this.#playButton.textContent = start ? "⏸" : "▶";
    this.#playButton.ariaLabel = this.#playButton.title = start ? "Stop" : "Play";
    if (!start) return;
    if (this.#time >= Number(this.#slider.max)) this.#bus.emit("time", Number(this.#slider.min));
    requestAnimationFrame((now) => this.#frame(now));
  }

  // frame advances time by the elapsed time. A tab that was in the background does not jump.
  #frame(now) {
    if (this.#playing === null) return;
    const passed = Math.max(0, Math.min(now - this.#playing, 100)) * 1e6 * this.#speed;
    this.#playing = now;
    const end = Number(this.#slider.max);
    this.#bus.emit("time", Math.min(end, this.#time + passed));
    if (this.#time >= end) this.#toggle();
    else requestAnimationFrame((next) => this.#frame(next));
  }

  // step goes to the sending of the next message that passes the filter, or of the previous one.
  #step(by) {
    const {sent, count} = this.#run.messages;
    const {order} = this.#index;
    const passes = (m) => this.#filter.shows(m) && (by > 0 ? sent[m] > this.#time : sent[m] < this.#time);
    let r = this.#index.firstSent(this.#time) - (by < 0 ? 1 : 0);
    while (r >= 0 && r < count && !passes(order[r])) r += by;
    if (r >= 0 && r < count) this.#bus.emit("time", sent[order[r]]);
  }
}
