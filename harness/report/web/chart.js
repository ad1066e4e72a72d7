import {element, everyFrame} from "./element.js";
import * as Format from "./format.js";
import * as Palette from "./palette.js";

// Chart is a chart over the time of the run, drawn by uPlot. It shades the times of faults, marks the selected moment, and
// shows the selected part of the run.
export class Chart {
  #run; #bus; #plot; #box; #options; #marker = element("div", {className: "moment", hidden: true});
  #from; #to; #time = null;

  // options: title, unit; compute(from, to) as in ChartData; logarithmic and dots, booleans; colour(series, i, palette).
  constructor(parent, run, bus, options) {
    this.#run = run;
    this.#bus = bus;
    this.#options = options;
    [this.#from, this.#to] = [0, Math.max(run.duration, 1e3)];
    this.#box = element("figure", {className: "chart"}, element("figcaption", {}, `${options.title}, ${options.unit}`));
    parent.append(this.#box);
    this.build();
    new ResizeObserver(everyFrame(() => this.#plot.setSize(this.#size()))).observe(this.#box);
    const show = everyFrame(() => this.update());
    bus.on("range", ({from, to}) => {
      [this.#from, this.#to] = [from, to];
      show();
    });
    bus.on("time", (t) => {
      this.#time = t;
      this.#mark();
    });
  }

  // build draws everything anew: at the start, and when the colours change.
  build() {
    this.#plot?.destroy();
    const {data, series} = this.#options.compute(this.#from, this.#to);
    const palette = Palette.of(this.#box, this.#run), {soft: ink, grid} = palette;
    const axis = {stroke: ink, grid: {stroke: grid, width: 1}, ticks: {stroke: grid, width: 1}, font: "12px system-ui, sans-serif"};
    this.#plot = new uPlot({
      ...this.#size(),
      scales: {x: {time: false, range: () => [this.#from / 1e9, this.#to / 1e9]}, y: this.#options.logarithmic ? {distr: 3} : {range: Chart.#fromZero}},
      axes: [{...axis, values: (_, ticks) => ticks.map((t) => `${Number(t.toFixed(6))} s`)}, {...axis, size: 58, values: Chart.#labels}],
      series: [{}, ...series.map((s, i) => this.#series(s, this.#options.colour(s, i, palette)))],
      legend: {live: false},
      cursor: {
        drag: {x: true, y: false, setScale: false},
        sync: {key: "run", setSeries: false},
        bind: {dblclick: () => () => this.#bus.emit("range", {from: 0, to: this.#run.duration})},
      },
      hooks: {
        drawClear: [(plot) => this.#shadeFaults(plot, palette.fault)],
        draw: [(plot) => this.#nameFaults(plot, ink)],
        setSelect: [(plot) => this.#zoom(plot)],
      },
    }, data, this.#box);
    this.#plot.over.append(this.#marker);
    this.#mark();
  }

  // update shows the selected part of the run.
  update() {
    const {data} = this.#options.compute(this.#from, this.#to);
    this.#plot.batch(() => {
      this.#plot.setData(data, false);
      this.#plot.setScale("x", {min: this.#from / 1e9, max: this.#to / 1e9});
    });
    this.#mark();
  }

  #size() {
    return {width: Math.max(240, Math.floor(this.#box.clientWidth)), height: 220};
  }

  #series(series, colour) {
    if (this.#options.dots) return {label: series.name, stroke: colour, fill: colour, width: 0, paths: Chart.#dots, points: {show: false}};
    return {label: series.name, stroke: colour, width: 1.5, dash: series.dash, points: {show: this.#options.logarithmic, size: 4}};
  }

  // dots makes a path of small squares, which are drawn much faster than uPlot's circles.
  static #dots(plot, s, first, last) {
    const path = new Path2D();
    const [x, y] = [plot.data[0], plot.data[s]];
    const size = 3 * devicePixelRatio;
    for (let i = first; i <= last; i++) {
      if (y[i] === null) continue;
      path.rect(plot.valToPos(x[i], "x", true) - size / 2, plot.valToPos(y[i], "y", true) - size / 2, size, size);
    }
    return {fill: path};
  }

  static #fromZero(_, min, max) {
    return [0, max > 0 ? max * 1.08 : 1];
  }

  static #labels(_, ticks) {
    return ticks.map((v) => v === null ? "" : v >= 1e4 ? `${Number((v / 1e3).toPrecision(3))} k` : String(Number(v.toPrecision(6))));
  }

  #zoom(plot) {
    const {left, width} = plot.select;
    if (width < 3) return;
    const from = plot.posToVal(left, "x") * 1e9, to = plot.posToVal(left + width, "x") * 1e9;
    plot.setSelect({left: 0, width: 0, top: 0, height: 0}, false);
    this.#bus.emit("range", {from: Math.max(0, from), to: Math.min(this.#run.duration, to)});
  }

  #mark() {
    const inside = this.#time !== null && this.#time >= this.#from && this.#time <= this.#to;
    this.#marker.hidden = !inside;
    if (inside) this.#marker.style.left = `${this.#plot.valToPos(this.#time / 1e9, "x")}px`;
  }

  // shadeFaults fills a single path, so that overlapping faults do not get darker.
  #shadeFaults(plot, colour) {
    const {ctx} = plot;
    this.#inside(plot, (x, {top, height}) => {
      for (const fault of this.#run.faults) ctx.rect(x(fault.begin), top, Math.max(1, x(fault.end) - x(fault.begin)), height);
      ctx.globalAlpha = 0.12;
      ctx.fillStyle = colour;
      ctx.fill();
    });
  }

  // nameFaults writes the names that fit.
  #nameFaults(plot, ink) {
    const {ctx} = plot;
    this.#inside(plot, (x, {left, top, width}) => {
      ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
      ctx.textAlign = "left";
      ctx.textBaseline = "top";
      ctx.fillStyle = ink;
      let free = -Infinity;
      for (const fault of this.#run.faults) {
        const text = Format.clip(fault.text, 28), at = Math.max(x(fault.begin), left) + 4 * devicePixelRatio;
        if (at < free || at > left + width || x(fault.end) < left) continue;
        ctx.fillText(text, at, top + 3 * devicePixelRatio);
        free = at + ctx.measureText(text).width + 8;
      }
    });
  }

  // inside calls f to draw within the axes. f gets a function from times to positions, and the box.
  #inside(plot, f) {
    const {ctx, bbox} = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.beginPath();
    f((ns) => plot.valToPos(ns / 1e9, "x", true), bbox);
    ctx.restore();
  }
}
