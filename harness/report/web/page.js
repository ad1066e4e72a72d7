import * as Anchors from "./anchors.js";
import * as Bus from "./bus.js";
import * as Charts from "./charts.js";
import {Cluster} from "./cluster.js";
import {Diagram} from "./diagram.js";
import {element} from "./element.js";
import * as Figures from "./figures.js";
import {HistoryTable} from "./history.js";
import * as Inspector from "./inspector.js";
import * as Logs from "./logs.js";
import * as RunData from "./rundata.js";
import {Timeline} from "./timeline.js";
import * as Verdict from "./verdict.js";
import * as Why from "./why.js";

// Build the report when the whole page has loaded.

const contents = [["verdict", "Verdict"], ["why", "Why"], ["figures", "Figures"], ["charts", "Over time"], ["cluster", "Cluster"],
  ["diagram", "Messages"], ["timeline", "Workers"], ["history", "History"], ["logs", "Logs"]];

async function start() {
  const loading = document.getElementById("loading");
  let run;
  try {
    run = await RunData.read();
  } catch (err) {
    loading.className = "problem";
    loading.textContent = `The run cannot be read from this page: ${err}`;
    return;
  }
  loading.remove();
  const bus = Bus.create();
  const mount = (id, view, heading) => {
    const section = document.getElementById(id);
    if (heading) section.append(element("h2", {}, heading));
    mountView(section, view, run, bus);
  };
  mount("verdict", Verdict);
  mount("why", Why);
  mount("figures", Figures);
  mount("charts", Charts);
  if (run.messages.count > 0) {
    mount("cluster", Cluster, "The cluster");
    mount("diagram", Diagram, "Messages");
  }
  if (run.ops.length > 0) {
    mount("timeline", Timeline);
    mount("history", HistoryTable);
  }
  mount("logs", Logs);
  mount("inspector", Inspector);
  document.getElementById("contents").append(...contents.filter(([id]) => document.getElementById(id).childElementCount > 0)
    .map(([id, name]) => element("a", {href: `#${id}`}, name)));
  Anchors.follow(run, bus);
}

// mountView keeps an error in one view from affecting the others.
function mountView(section, view, run, bus) {
  try {
    view.mount(section, run, bus);
  } catch (err) {
    console.error(err);
    section.append(element("p", {className: "problem"}, `This part of the report failed: ${err}`));
  }
}

document.addEventListener("DOMContentLoaded", start);
