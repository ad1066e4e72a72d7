import {element, everyFrame} from "./element.js";
import * as Format from "./format.js";

// HistoryTable is a searchable table of the history. Only the visible rows are in the page, so that there can be many rows.
export class HistoryTable {
  static #rowHeight = 28; // px, as in the style sheet
  static #fields = [
    ["index", (op) => String(op.index)],
    ["time", (op) => Format.time(op.time)],
    ["process", (op) => String(op.process)],
    ["type", (op) => op.type],
    ["f", (op) => op.f + (op.final ? " (final)" : "")],
    ["value", (op) => op.value],
    ["error", (op) => op.error],
  ];

  // mount fills a section of the page. It listens to "select-op" on the bus, and emits it.
  static mount(section, run, bus) {
    return new HistoryTable(section, run, bus);
  }

  #run; #bus; #box; #rows; #count; #search; #type; #f;
  #found; // indexes of the events shown, in order
  #selected = -1;
  #redraw = everyFrame(() => this.#draw());

  constructor(section, run, bus) {
    this.#run = run;
    this.#bus = bus;
    const search = everyFrame(() => this.#filter());
    this.#search = element("input", {type: "search", placeholder: "value, error, process", oninput: search, "aria-label": "Search in the history"});
    this.#type = HistoryTable.#choice("type", "all types", run.ops.map((op) => op.type), search);
    this.#f = HistoryTable.#choice("operation", "all operations", run.ops.map((op) => op.f), search);
    this.#count = element("span", {className: "soft", role: "status"});
    this.#rows = element("div", {className: "rows", role: "rowgroup"});
    this.#box = element("div", {className: "table", tabIndex: 0, role: "grid", onscroll: this.#redraw,
      "aria-label": "History. The up and down keys choose an event.", "aria-rowcount": String(run.ops.length)},
    element("div", {className: "row head", role: "row"},
      ...HistoryTable.#fields.map(([name]) => element("span", {className: name, role: "columnheader"}, name))), this.#rows);
    this.#box.addEventListener("keydown", (e) => this.#key(e));
    section.append(element("h2", {}, "History"),
      element("div", {className: "bar"}, this.#search, this.#type, this.#f, this.#count), this.#box);
    bus.on("select-op", (index) => this.#select(index));
    new ResizeObserver(this.#redraw).observe(this.#box);
    this.#filter();
  }

  static #choice(name, all, values, onchange) {
    return element("select", {"aria-label": `Only this ${name}`, onchange}, element("option", {value: ""}, all),
      ...[...new Set(values)].sort().map((value) => element("option", {value}, value)));
  }

  #filter() {
    const text = this.#search.value.trim().toLowerCase(), type = this.#type.value, f = this.#f.value;
    const holds = (op) => (type === "" || op.type === type) && (f === "" || op.f === f) && (text === "" ||
      [String(op.process), op.f, op.value, op.error].some((field) => field.toLowerCase().includes(text)));
    this.#found = this.#run.ops.filter(holds).map((op) => op.index);
    this.#count.textContent = `${Format.count(this.#found.length)} of ${Format.count(this.#run.ops.length)} events`;
    this.#rows.style.height = `${this.#found.length * HistoryTable.#rowHeight}px`;
    this.#redraw();
  }

  #draw() {
    const height = HistoryTable.#rowHeight;
    const first = Math.max(0, Math.floor(this.#box.scrollTop / height) - 5);
    const last = Math.min(this.#found.length, first + Math.ceil(this.#box.clientHeight / height) + 10);
    this.#rows.replaceChildren(...this.#found.slice(first, last).map((index, i) => this.#row(index, (first + i) * height)));
  }

  #row(index, top) {
    const op = this.#run.ops[index];
    const row = element("div", {className: `row ${op.process === "nemesis" ? "nemesis" : op.type}`, role: "row", "aria-rowindex": String(index + 1),
      "aria-selected": String(index === this.#selected), onclick: () => this.#bus.emit("select-op", index)},
    ...HistoryTable.#fields.map(([name, show]) => {
      const text = Format.clip(show(op), 200);
      return element("span", {className: name, role: "gridcell", title: text}, text);
    }));
    row.style.transform = `translateY(${top}px)`;
    return row;
  }

  #key(e) {
    const step = {ArrowDown: 1, ArrowUp: -1}[e.key];
    if (!step) return;
    e.preventDefault();
    const at = this.#found.indexOf(this.#selected);
    const index = this.#found[at < 0 ? 0 : at + step];
    if (index !== undefined) this.#bus.emit("select-op", index);
  }

  // select shows an event, wherever it was selected.
  #select(index) {
    this.#selected = index;
    const at = this.#found.indexOf(index), height = HistoryTable.#rowHeight;
    if (at >= 0) {
      const top = at * height, view = this.#box.clientHeight - 2 * height;
      if (top < this.#box.scrollTop || top > this.#box.scrollTop + view) this.#box.scrollTop = top - view / 2;
    }
    this.#redraw();
  }
}
