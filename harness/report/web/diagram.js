import * as Causality from "./causality.js";
import {DiagramBar} from "./diagrambar.js";
import * as DiagramLayout from "./diagramlayout.js";
import {DiagramPanel} from "./diagrampanel.js";
import * as DiagramView from "./diagramview.js";
import {element, everyFrame} from "./element.js";
import {Emphasis} from "./emphasis.js";
import {Filter} from "./filter.js";
import * as Follow from "./follow.js";
import * as Format from "./format.js";
import * as MessageIndex from "./messageindex.js";
import * as Operation from "./operation.js";
import {Outcome} from "./outcome.js";
import * as Palette from "./palette.js";
import * as Spread from "./spread.js";

// Diagram is the space-time diagram (Lamport 1978): its state, and the reader's actions on it. DiagramView draws it.
export class Diagram {
  static #narrowest = 1000; // ns: the smallest window

  // mount fills a section of the page with the diagram of a run. It listens to "time", "range", "filter", "select-message"
  // and "select-op" on the bus, and emits "time", "filter" and "select-message".
  static mount(section, run, bus) {
    section.classList.add("diagram");
    return new Diagram(section, run, bus);
  }

  #run; #bus; #index; #section; #canvas; #bar; #panel; #note; #cursorLine; #layout; #palette; #scene; #drawn;
  #from = 0; #to; // ns: the window
  #clients = false; // whether clients have lanes
  #filter;
  #cursor = null; // ns
  #selected = -1;
  #followed = null; // {marks, text}: the messages of a value or of an operation
  #redraw = everyFrame(() => this.#draw());

  constructor(section, run, bus) {
    this.#run = run;
    this.#bus = bus;
    this.#section = section;
    this.#index = MessageIndex.of(run);
    this.#to = this.#whole();
    this.#canvas = element("canvas", {
      tabIndex: 0, role: "application",
      "aria-label": "Space-time diagram. Plus and minus zoom, arrow keys move, 0 shows the whole run, n and p select the " +
        "next and previous message, Escape lets go.",
    });
    this.#cursorLine = element("div", {className: "diagram-cursor", hidden: true});
    this.#note = element("p", {className: "view-note", role: "status"});
    this.#filter = new Filter(run, bus, () => this.#redraw());
    this.#bar = new DiagramBar(run, bus, {
      zoom: (factor) => this.#zoom(factor),
      fit: () => this.#show(0, this.#whole()),
      clients: (on) => this.#setClients(on),
      follow: (text) => this.#followValue(text),
      step: (by) => this.#step(by),
    });
    this.#panel = new DiagramPanel(run, {
      close: () => this.#select(-1),
      zoom: (m) => this.#zoomTo(run.messages.sent[m], this.#index.end[m]),
    });
    const help = element("p", {className: "view-note"}, "Red crosses are lost messages, red dots nodes that stood still. " +
      "Click a message to see what it is, what led to it and what came of it. Drag to move; the wheel zooms once the diagram " +
      "has been clicked.");
    const stage = element("div", {className: "diagram-stage"}, this.#canvas, this.#cursorLine);
    section.append(...this.#bar.rows, stage, this.#note, this.#panel.root, help);
    this.#listen();
    this.#resize();
  }

  // whole returns the end of the run, but at least the width of the smallest window.
  #whole() {
    return Math.max(this.#run.duration, Diagram.#narrowest);
  }

  #listen() {
    const on = (event, f) => this.#bus.on(event, f);
    on("time", (t) => {
      this.#cursor = t;
      this.#placeCursor();
    });
    on("range", ({from, to}) => this.#show(from, to));
    on("select-message", (m) => this.#onSelected(m));
    on("select-op", (index) => this.#followOperation(index));
    new ResizeObserver(() => this.#resize()).observe(this.#section);
    Palette.onChange(() => this.#recolour());
    this.#recolour();
    this.#canvas.addEventListener("keydown", (e) => this.#key(e));
    this.#canvas.addEventListener("wheel", (e) => this.#wheel(e), {passive: false});
    this.#canvas.addEventListener("pointerdown", (e) => this.#grab(e));
    this.#canvas.addEventListener("pointermove", (e) => this.#canvas.classList.toggle("on-message", this.#at(e) >= 0));
  }

  #recolour() {
    this.#palette = Palette.of(this.#section, this.#run);
    this.#bar.recolour(this.#palette);
    this.#redraw();
  }

  #resize() {
    const width = Math.max(200, this.#canvas.clientWidth);
    this.#layout = DiagramLayout.of(this.#run, width, this.#clients);
    this.#redraw();
  }

  #setClients(on) {
    this.#clients = on;
    this.#resize();
  }

  #draw() {
    const marks = this.#marks();
    this.#scene = {
      run: this.#run, index: this.#index, layout: this.#layout, palette: this.#palette, from: this.#from, to: this.#to,
      shows: (m) => this.#filter.shows(m), marks, selected: this.#selected,
    };
    this.#drawn = DiagramView.draw(this.#canvas, this.#scene);
    this.#placeCursor();
    this.#describe();
  }

  // placeCursor moves the line that marks the time. The line is not part of the drawing, so that the diagram is not
  // redrawn while time plays.
  #placeCursor() {
    const inside = this.#cursor !== null && this.#cursor >= this.#from && this.#cursor <= this.#to;
    this.#cursorLine.hidden = !inside;
    if (inside) this.#cursorLine.style.transform = `translateX(${this.#layout.x(this.#cursor, this.#from, this.#to)}px)`;
  }

  // marks returns the messages to emphasize: the followed messages, or otherwise the past and future of the selected
  // message in the window.
  #marks() {
    if (this.#selected < 0) return this.#followed && this.#followed.marks;
    const {past, future, marks} = Causality.of(this.#run, this.#selected, this.#from, this.#to);
    this.#panel.setCausality(past, future);
    marks[this.#selected] = Emphasis.full;
    return this.#followed ? this.#followed.marks : marks;
  }

  #describe() {
    const {dense, count, marked, arrows} = this.#drawn;
    const parts = [`${count.toLocaleString("en")} ${count === 1 ? "message" : "messages"} in ` +
      `${Format.duration(this.#to - this.#from)}.`];
    if (dense) parts.push("Bars show how many each party sent; zoom in to see each message.");
    if (dense && marked > arrows.length) parts.push(`Of those that stand out, only the first ${arrows.length} are drawn.`);
    if (this.#followed) parts.push(this.#followed.text);
    const text = parts.join(" ");
    if (this.#note.textContent !== text) this.#note.textContent = text;
  }

  // show sets the window, within the run.
  #show(from, to) {
    const width = Math.min(Math.max(to - from, Diagram.#narrowest), this.#whole());
    this.#from = Math.max(0, Math.min(from, this.#whole() - width));
    this.#to = this.#from + width;
    this.#redraw();
  }

  // zoom narrows the window by a factor, around a time or around its middle.
  #zoom(factor, around = (this.#from + this.#to) / 2) {
    this.#show(around - (around - this.#from) / factor, around + (this.#to - around) / factor);
  }

  // zoomTo shows a span of time, with as much room again on both sides.
  #zoomTo(from, to) {
    const room = Math.max(to - from, 2e6);
    this.#show(from - room, to + room);
  }

  #pan(share) {
    const by = (this.#to - this.#from) * share;
    this.#show(this.#from + by, this.#to + by);
  }

  #key(e) {
    const action = {
      "+": () => this.#zoom(1.5), "=": () => this.#zoom(1.5), "-": () => this.#zoom(1 / 1.5),
      "ArrowLeft": () => this.#pan(-0.15), "ArrowRight": () => this.#pan(0.15),
      "0": () => this.#show(0, this.#whole()),
      "n": () => this.#step(1), "p": () => this.#step(-1),
      "Escape": () => this.#letGo(),
    }[e.key];
    if (!action || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    action();
  }

  // wheel zooms, but only after the reader has clicked the diagram. Before that, the wheel scrolls the page.
  #wheel(e) {
    if (document.activeElement !== this.#canvas && !e.ctrlKey) return;
    e.preventDefault();
    if (Math.abs(e.deltaX) > Math.abs(e.deltaY)) this.#pan(e.deltaX / this.#layout.width);
    else this.#zoom(Math.exp(-e.deltaY / 400), this.#timeAt(e));
  }

  #timeAt(e) {
    const {left, right} = this.#layout;
    const share = (e.offsetX - left) / (right - left);
    return this.#from + Math.max(0, Math.min(1, share)) * (this.#to - this.#from);
  }

  // at returns the message under the pointer, or -1.
  #at(e) {
    return this.#scene ? DiagramView.nearest(this.#scene, this.#drawn.arrows, e.offsetX, e.offsetY) : -1;
  }

  // grab moves the window with the pointer until the button is released. If the pointer does not move, that is a
  // click.
  #grab(e) {
    if (e.button !== 0) return;
    const [startX, from, to] = [e.clientX, this.#from, this.#to];
    let moved = false;
    const perPixel = (to - from) / (this.#layout.right - this.#layout.left);
    const drag = new AbortController();
    const listen = (event, f) => this.#canvas.addEventListener(event, f, {signal: drag.signal});
    this.#canvas.setPointerCapture(e.pointerId);
    listen("pointermove", (now) => {
      moved ||= Math.abs(now.clientX - startX) > 4;
      if (moved) this.#show(from - (now.clientX - startX) * perPixel, to - (now.clientX - startX) * perPixel);
    });
    listen("pointercancel", () => drag.abort());
    listen("pointerup", (up) => {
      drag.abort();
      if (!moved) this.#click(up);
    });
  }

  // click selects a message or, on a party's label, shows only the messages of that party.
  #click(e) {
    const lane = this.#layout.laneOf(e.offsetY);
    if (e.offsetX < this.#layout.left && lane) {
      this.#bar.toggleParty(lane.party);
      return;
    }
    this.#select(this.#at(e));
  }

  #select(m) {
    this.#bus.emit("select-message", m);
  }

  #onSelected(m) {
    this.#selected = m;
    this.#panel.show(m);
    if (m >= 0) {
      const {sent} = this.#run.messages;
      this.#bus.emit("time", sent[m]);
      const half = (this.#to - this.#from) / 2;
      if (this.#index.end[m] < this.#from || sent[m] > this.#to) this.#show(sent[m] - half, sent[m] + half);
    }
    this.#redraw();
  }

  // step selects the next or previous message: among the followed messages if there are any, otherwise among those
  // that pass the filter.
  #step(by) {
    const {order, rank} = this.#index;
    const {count} = this.#run.messages;
    const passes = this.#followed ? (m) => this.#followed.marks[m] > 0 : (m) => this.#filter.shows(m);
    let r = this.#selected >= 0 ? rank[this.#selected] + by : this.#index.firstSent(this.#from);
    while (r >= 0 && r < count && !passes(order[r])) r += by;
    if (r >= 0 && r < count) this.#select(order[r]);
  }

  #letGo() {
    this.#followed = null;
    this.#bar.setFollow("");
    this.#select(-1);
  }

  // follow marks messages and names them.
  #follow(list, what) {
    const marks = new Uint8Array(this.#run.messages.count);
    for (const m of list) marks[m] = Emphasis.full;
    const lost = list.filter((m) => Outcome.wasLost(this.#run.messages.outcome[m])).length;
    const messages = list.length === 1 ? "1 message" : `${list.length.toLocaleString("en")} messages`;
    this.#followed = {marks, text: `${what}: ${messages}${lost > 0 ? `, ${lost.toLocaleString("en")} of them lost` : ""}.`};
    this.#select(-1);
    this.#redraw();
  }

  // followValue marks the messages that carry a value, emphasizes those that were news, and shows the time until all
  // nodes had the value.
  #followValue(text) {
    if (text === "") {
      this.#letGo();
      return;
    }
    const list = Follow.value(this.#run, text);
    const spread = Spread.of(this.#run, list);
    this.#follow(list, `Carrying ${text}`);
    if (list.length === 0) return;
    const way = spread.news.length > 0 ? spread.news : list;
    const {marks} = this.#followed;
    for (const m of list) marks[m] = Emphasis.some;
    for (const m of way) marks[m] = Emphasis.full;
    if (way !== list) this.#followed.text += " In bold those that were news to their receiver.";
    this.#followed.text += ` ${Spread.describe(this.#run, spread)}`;
    const first = this.#run.messages.sent[way[0]];
    const last = way.reduce((end, m) => Math.max(end, this.#index.end[m]), 0);
    this.#show(first - 0.05 * (last - first), last + 0.05 * (last - first));
  }

  // followOperation marks the messages of an operation's client, and offers to follow the operation's value. The index
  // -1 marks no messages.
  #followOperation(index) {
    const operation = Operation.of(this.#run, index);
    if (!operation) {
      this.#followed = null;
      this.#bar.setFollow("");
      this.#redraw();
      return;
    }
    const {f, process, node} = operation.first || operation.last;
    const {from, to} = Operation.span(this.#run, operation);
    this.#follow(Operation.messages(this.#run, operation), `Operation ${index}, ${f} of process ${process}${node ? ` on ${node}` : ""}`);
    this.#zoomTo(from, to);
    this.#bar.setFollow("", Operation.subject(operation));
  }
}
