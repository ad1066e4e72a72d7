import {element} from "./element.js";
import * as Format from "./format.js";
import * as Properties from "./properties.js";

// Figures shows the content of results.json, the most important figures first.

const long = 200_000; // characters of a file to show

export function mount(section, run) {
  const {result} = run;
  section.append(element("h2", {}, "Figures"));
  if (result.stats) section.append(element("div", {className: "cards"}, ...cards(result)));
  const latencies = Object.entries(result.latencies || {});
  if (latencies.length > 0) section.append(latencyTable(latencies, result.stats || {}));
  if ((result.properties || []).length > 0) section.append(element("h3", {}, "Properties"), Properties.table(result.properties));
  for (const [name, content] of [["results.json", result], ["test.json", run.test]]) {
    section.append(element("details", {}, element("summary", {}, `All of ${name}`),
      element("pre", {className: "file", tabIndex: 0}, Format.clip(JSON.stringify(content, null, 2), long))));
  }
}

function cards(result) {
  const {stats = {}, availability = {}, net = {}, nemesis = {}, workload = {}, lag = {}} = result;
  const servers = net.servers || {};
  const all = [
    ["operations", Format.count(stats.count), `${Format.count(stats["ok-count"])} ok, ${Format.count(stats["fail-count"])} failed, ` +
      `${Format.count(stats["info-count"])} of unknown outcome`],
    ["availability", Format.count(availability["ok-fraction"]), "of the operations ok"],
    ["messages per op", Format.count(servers["msgs-per-op"]), `${Format.count(servers["msg-count"])} between servers`],
  ];
  const busiest = servers.busiest || {};
  if (servers["byte-count"] > 0) {
    all.push(["bytes per op", Format.count(servers["bytes-per-op"]), `of messages between servers; the largest has ${Format.count(servers["largest-bytes"])}`]);
  }
  if (busiest.node) {
    all.push(["busiest node", String(busiest.node), `sends or gets ${Format.count(100 * busiest["byte-share"])} % of these bytes, ` +
      `${Format.count(100 * busiest["msg-share"])} % of the messages`]);
  }
  const stable = workload["stable-latencies"];
  if (stable) all.push(["stable latency", Format.duration(stable["0.5"] * 1e6), `median, until all see a value; at most ${Format.duration(stable["1"] * 1e6)}`]);
  if (workload["lost-count"] > 0) all.push(["lost values", Format.count(workload["lost-count"]), `of ${Format.count(workload["attempt-count"])}`]);
  const realtime = workload["worst-realtime-lag"];
  if (realtime && realtime.lag !== undefined) all.push(["lag", Format.duration(realtime.lag * 1e9), "a message stayed unpolled at worst" +
    (realtime.key === undefined ? "" : `: process ${realtime.process}, key ${realtime.key}, poll at ${Format.time(realtime.time * 1e9)}; the log's age if it had polled nothing`)]);
  if ((nemesis.faults || []).length > 0) {
    const force = (name) => `${name} ${Format.duration((nemesis["in-force-ns"] || {})[name] || 0)}`;
    all.push(["lost to faults", Format.count(nemesis.dropped), `messages; in force: ${nemesis.faults.map(force).join(", ")}`]);
  }
  all.push(["length", Format.duration(result["elapsed-ns"]), `the harness was late by ${Format.duration(lag["p99-ns"])} (99 %)`]);
  return all.map(([name, value, about]) => element("div", {className: "card"},
    element("span", {className: "name"}, name), element("strong", {}, value), element("span", {className: "soft"}, about)));
}

function latencyTable(latencies, stats) {
  const head = ["operation", "ok", "failed", "unknown", "median", "95 %", "99 %", "maximum"];
  const rows = latencies.map(([f, l]) => {
    const counts = (stats["by-f"] || {})[f] || {};
    return [f, Format.count(counts["ok-count"]), Format.count(counts["fail-count"]), Format.count(counts["info-count"]),
      ...["p50-ns", "p95-ns", "p99-ns", "max-ns"].map((q) => Format.duration(l[q]))];
  });
  return element("div", {className: "scroll", tabIndex: 0, role: "region", "aria-label": "Latency of operations"},
    element("table", {}, element("thead", {}, element("tr", {}, ...head.map((h) => element("th", {scope: "col"}, h)))),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, cell)))))));
}
