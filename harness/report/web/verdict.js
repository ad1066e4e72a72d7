import {element} from "./element.js";
import * as Format from "./format.js";

// Verdict shows at the top how the run ended, the reasons, and the warnings.

const words = new Map([[true, "valid"], [false, "invalid"], ["unknown", "unknown"]]);

export function mount(section, run, bus) {
  const {test, result} = run;
  const word = result.error ? "broken" : words.get(result.valid) || "no verdict";
  document.title = `${word}: ${document.title}`;
  document.getElementById("title").append(" ", element("span", {className: `badge ${word.replace(" ", "-")}`}, word));
  section.append(element("p", {className: "about"}, about(test)));
  if (run.notes.length > 0 || run.truncated > 0) section.append(notes(run));
  if (result.error) {
    section.append(element("h2", {}, "What broke the test"), element("pre", {className: "problem"}, result.error));
  }
  section.append(...sentences("Reasons", "reasons", result.reasons, run, bus),
    ...sentences("Warnings", "reasons warnings", result.warnings, run, bus));
  section.append(...decided(run, bus));
  if (run.pictures.length > 0) section.append(pictures(run));
}

// sentences lists the harness's messages under a heading, if there are any.
function sentences(heading, className, texts, run, bus) {
  if (!texts || texts.length === 0) return [];
  return [element("h2", {}, heading), element("ol", {className},
    ...texts.map((text) => element("li", {}, ...withLinks(text, run, bus))))];
}

// decided says which levels the transactions satisfy, unless the reasons or the warnings say it.
function decided(run, bus) {
  const {workload, reasons, warnings} = run.result;
  const text = ((workload || {}).decided || {}).text;
  if (!text || [reasons, warnings].some((said) => (said || []).includes(text))) return [];
  return [element("p", {className: "decided"}, ...withLinks(text, run, bus))];
}

// pictures shows the cycles of transactions, with the first one open.
function pictures(run) {
  const texts = new Map(Object.values((run.result.workload || {}).anomalies || {}).flat().map((c) => [c.picture, c.text]));
  return element("div", {className: "pictures"}, ...run.pictures.map(({name, svg}, i) =>
    element("details", {open: i === 0},
      element("summary", {}, name.replace(/^cycle-|\.svg$/g, "").replace(/-(\d+)$/, ", cycle $1")),
      element("img", {src: `data:image/svg+xml,${encodeURIComponent(svg)}`, alt: texts.get(name) || name}))));
}

// about describes the test in a line.
function about(test) {
  const program = test.program || {};
  const parts = [];
  if (program.path) parts.push([program.path.split("/").at(-1), ...(program.args || [])].join(" "));
  else if (program.kind) parts.push(program.kind);
  if (test.nodes) parts.push(`${test.nodes.length} ${test.nodes.length === 1 ? "node" : "nodes"}`);
  if (test.rate) parts.push(`${Format.count(test.rate)} operations per second`, `for ${test["time-limit"]}`);
  if (test.latency && test.latency !== "0s") parts.push(`latency ${test.latency} (${test["latency-dist"]})`);
  if (test.nemesis && test.nemesis.length > 0) parts.push(`faults: ${test.nemesis.join(", ")}`);
  if (test.seed !== undefined) parts.push(`seed ${test.seed}`);
  if (test.started) parts.push(test.started.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC"));
  return parts.join(" · ");
}

function notes(run) {
  const all = [...run.notes];
  if (run.truncated > 0) all.push(`${Format.count(run.truncated)} long bodies and values are shown in part.`);
  return element("ul", {className: "notes"}, ...all.map((note) => element("li", {}, note)));
}

// withLinks makes buttons of the operations named in a reason, as in "op 17", "ops 3 and 4" and "ops [5 6]".
function withLinks(text, run, bus) {
  const named = /\b(ops? \[?\d+(?:(?:,| and)? \d+)*)/;
  return text.split(named).flatMap((part, i) => i % 2 === 0 ? [part] : part.split(/(\d+)/).map((piece, k) => {
    const index = Number(piece);
    if (k % 2 === 0 || !run.ops[index]) return piece;
    return element("button", {className: "link", type: "button", "aria-label": `Operation ${piece}`, onclick: () => bus.emit("select-op", index)}, piece);
  }));
}
