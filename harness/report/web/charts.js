import {Chart} from "./chart.js";
import * as ChartData from "./chartdata.js";
import {element} from "./element.js";
import * as Format from "./format.js";
import * as Palette from "./palette.js";

// Charts is the section with all charts. They all show the same part of the run.

// mount fills a section of the page. It listens to "range" and "time" on the bus, and emits "range".
export function mount(section, run, bus) {
  if (run.messages.count === 0 && run.ops.length === 0) return;
  const output = element("output", {className: "soft"});
  const grid = element("div", {className: "charts"});
  section.append(element("h2", {}, "Over time"), rangeBar(run, bus, output), grid);

  const types = [...new Set(run.ops.filter((op) => op.process !== "nemesis").map((op) => op.f))].sort();
  const byOutcome = (series, _, palette) => series.type === "ok" ? palette.hues[types.indexOf(series.f) % palette.hues.length] : palette[series.type];
  const byType = (series, _, palette) => palette.types[series.type] ?? palette.other;

  const latencies = ChartData.latencies(run); // the same for every range
  let f = "";
  const ofOperations = latencies.data[0].length === 0 ? [] : [
    {title: "Latency of each operation", unit: "ms", logarithmic: true, dots: true, compute: () => latencies, colour: byOutcome},
    {title: "Quantiles of latency", unit: "ms", logarithmic: true, compute: (a, b) => ChartData.quantiles(run, a, b, f),
      colour: (_, i, palette) => palette.hues[i]},
    {title: "Operations", unit: "per second", compute: (a, b) => ChartData.rates(run, a, b), colour: byOutcome},
  ];
  const ofMessages = run.messages.count === 0 ? [] : [
    {title: "Messages sent", unit: "per second", compute: (a, b) => ChartData.traffic(run, a, b), colour: byType},
  ];
  const charts = [...ofOperations, ...ofMessages].map((options) => new Chart(grid, run, bus, options));

  if (types.length > 1 && ofOperations.length > 0) {
    const select = element("select", {"aria-label": "Quantiles of"}, element("option", {value: ""}, "all operations"),
      ...types.map((name) => element("option", {value: name}, name)));
    select.addEventListener("change", () => {
      f = select.value;
      charts[1].update();
    });
    grid.children[1].firstChild.append(", of ", select);
  }
  Palette.onChange(() => charts.forEach((chart) => chart.build()));
}

// rangeBar has buttons for the actions that dragging and double-clicking perform in a chart.
function rangeBar(run, bus, output) {
  let from = 0, to = run.duration;
  bus.on("range", (range) => {
    ({from, to} = range);
    output.textContent = `${Format.time(from)} to ${Format.time(to)}`;
  });
  output.textContent = `${Format.time(from)} to ${Format.time(to)}`;
  const show = (a, b) => {
    const width = Math.min(run.duration, Math.max(1e3, b - a));
    const begin = Math.max(0, Math.min(a, run.duration - width));
    bus.emit("range", {from: begin, to: begin + width});
  };
  const zoom = (factor) => show((from + to) / 2 - (to - from) / 2 * factor, (from + to) / 2 + (to - from) / 2 * factor);
  const button = (text, label, onclick) => element("button", {type: "button", onclick, "aria-label": label, title: label}, text);
  return element("div", {className: "bar"},
    button("+", "Zoom in", () => zoom(0.5)), button("−", "Zoom out", () => zoom(2)),
    button("←", "Earlier", () => show(from - (to - from) / 4, to - (to - from) / 4)),
    button("→", "Later", () => show(from + (to - from) / 4, to + (to - from) / 4)),
    button("Whole run", "Show the whole run", () => show(0, run.duration)), output,
    element("span", {className: "soft hint"}, "Drag in a chart to zoom, double-click for the whole run. Faults are shaded."));
}
