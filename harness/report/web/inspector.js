import {element, facts} from "./element.js";
import * as Format from "./format.js";
import * as JSONText from "./jsontext.js";
import * as Operation from "./operation.js";
import {Outcome} from "./outcome.js";

// Inspector shows the selected operation beside everything else: its properties, and the messages that carried it.

const manyCarriers = 200;

export function mount(aside, run, bus) {
  let before = null; // the element that had the focus when the inspector opened
  const close = () => bus.emit("select-op", -1);
  aside.addEventListener("keydown", (e) => {
    if (e.key === "Escape") close();
  });
  bus.on("select-op", (index) => {
    const op = run.ops[index];
    if (!op) {
      aside.hidden = true;
      if (before && before.isConnected) before.focus();
      before = null;
      return;
    }
    if (aside.hidden) before = document.activeElement;
    aside.replaceChildren(...content(run, bus, op, close));
    aside.hidden = false;
    aside.scrollTop = 0;
  });
}

function content(run, bus, op, close) {
  const operation = Operation.of(run, op.index);
  const head = element("div", {className: "bar"}, element("h2", {}, `Operation ${op.index}`),
    element("button", {type: "button", className: "close", onclick: close, "aria-label": "Close"}, "×"));
  if (!operation) return [head, facts([["what", `${op.f}, by the nemesis`], ["time", Format.time(op.time)]]), value("value", op.value)];
  const {first, last} = operation;
  const end = last ? last.time : null;
  return [head, facts([
    ["what", (first || last).f + ((first || last).final ? ", in the final phase" : "")],
    ["process", `${op.process}${clientName(run, op)}`],
    ["invoked", first ? `${Format.time(first.time)} (op ${first.index})` : "never"],
    ["completed", last ? `${Format.time(end)} (op ${last.index})` : "never"],
    ["took", first && last ? Format.duration(end - first.time) : "–"],
    ["outcome", outcome(operation)],
  ]), ...[["asked", first], ["answer", last]].filter(([, event]) => event && event.value !== "" && event.value !== "null")
    .map(([name, event]) => value(name, event.value)),
  ...(last && last.error ? [value("error", last.error)] : []),
  ...messages(run, bus, operation)];
}

function clientName(run, op) {
  const client = run.clients.get(String(op.process));
  return client >= 0 ? `, client ${run.parties[client].id}` : "";
}

function outcome(operation) {
  const names = {ok: "ok", fail: "failed: it certainly did not happen", info: "unknown: it may have happened", open: "never completed"};
  return names[Operation.outcome(operation)];
}

function value(name, text) {
  return element("div", {}, element("h3", {}, name), element("pre", {tabIndex: 0}, JSONText.indent(text)));
}

function messages(run, bus, operation) {
  const own = Operation.messages(run, operation);
  const subject = Operation.subject(operation);
  const carriers = Operation.carriers(run, operation, manyCarriers);
  const {from, to} = Operation.span(run, operation);
  const nodes = [element("h3", {}, "Its messages"), list(run, bus, own)];
  if (subject !== "") {
    nodes.push(element("h3", {}, `Between servers from then on, with ${Format.clip(subject, 30)} in them`), list(run, bus, carriers));
    if (carriers.length === manyCarriers) nodes.push(element("p", {className: "soft"}, `The first ${manyCarriers} are listed.`));
  }
  const margin = Math.max(1e6, (to - from) / 2);
  nodes.push(element("p", {}, element("button", {
    type: "button",
    onclick: () => bus.emit("range", {from: Math.max(0, from - margin), to: Math.min(run.duration, to + margin)}),
  }, "Zoom to its time")));
  return nodes;
}

function list(run, bus, found) {
  if (found.length === 0) return element("p", {className: "soft"}, "None are in the page.");
  const {src, as, dest, type, sent, done, outcome} = run.messages;
  return element("ul", {className: "messages"}, ...found.map((m) => {
    const from = run.parties[src[m]].id + (as[m] === src[m] ? "" : ` as ${run.parties[as[m]].id}`);
    const end = outcome[m] === Outcome.received ? Format.duration(done[m] - sent[m]) : Outcome.names[outcome[m]];
    return element("li", {}, element("button", {type: "button", className: outcome[m] === Outcome.received ? "link" : "link lost",
      onclick: () => bus.emit("select-message", m)},
    `${Format.time(sent[m])}  ${from} → ${run.parties[dest[m]].id}  ${run.types[type[m]]}`), ` ${end}`);
  }));
}
