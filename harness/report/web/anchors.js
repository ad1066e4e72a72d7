import {element} from "./element.js";
import * as MessageIndex from "./messageindex.js";

// Anchors lead from the fragment of the address into the report: #m123 to message 123, #op17 to operation 17, #why1 to a cause, and the
// id of any other element to that.

const room = 20e6; // ns: at least that much time is shown before and after a message

// of returns the anchor of a step of a story, "" if it is neither a message nor an operation.
export function of(step) {
  if (step.id < 0) return "";
  return {message: `m${step.id}`, operation: `op${step.id}`}[step.kind] || "";
}

// title says where the anchor of a step leads.
export function title(step) {
  return `to ${step.kind} ${step.id}`;
}

// parse returns what an anchor names: {kind, number}, or null if it is the id of an element.
export function parse(anchor) {
  const [, kind, number] = /^(m|op)(\d{1,15})$/.exec(anchor) || [];
  return kind ? {kind, number: Number(number)} : null;
}

// follow goes where the address says, now and when it changes. The page comes into being after it has been loaded, so a browser does not do
// that by itself.
export function follow(run, bus) {
  const missing = element("p", {className: "problem", role: "status", hidden: true});
  document.querySelector("main").prepend(missing);
  const go = () => {
    missing.hidden = true;
    const anchor = location.hash.slice(1), named = parse(anchor);
    if (!named) {
      show(document.getElementById(anchor));
    } else if (!select(run, bus, named)) {
      missing.hidden = false;
      missing.textContent = `${named.kind === "m" ? "Message" : "Operation"} ${named.number} is not in this page, which shows only a part of the run.`;
      show(document.getElementById(causeWith(run, anchor)) || missing);
    }
  };
  window.addEventListener("hashchange", go);
  document.addEventListener("click", (e) => { // a second click on a link does not change the address
    const link = e.target instanceof Element && e.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) go();
  });
  if (location.hash) requestAnimationFrame(go); // when the parts of the page have their sizes
}

// select selects a message or an operation, and reports whether the page has it.
function select(run, bus, {kind, number}) {
  if (kind === "op") {
    if (!run.ops[number]) return false;
    bus.emit("select-op", number);
    show(document.getElementById("history"));
    return true;
  }
  const m = run.messages.id.indexOf(number);
  if (m < 0) return false;
  const begin = run.messages.sent[m], end = MessageIndex.of(run).end[m];
  const margin = Math.max(room, end - begin);
  bus.emit("select-op", -1); // it would hide the message among those of an operation
  bus.emit("range", {from: Math.max(0, begin - margin), to: Math.min(run.duration, end + margin)});
  bus.emit("select-message", m);
  show(document.getElementById("diagram"));
  return true;
}

// causeWith returns the id of the first cause with a step that has an anchor.
export function causeWith(run, anchor) {
  const i = run.causes.findIndex((cause) => (cause.story || []).some((step) => of(step) === anchor));
  return i < 0 ? "" : `why${i + 1}`;
}

// show scrolls to an element, and unfolds it.
function show(target) {
  if (!target) return;
  if (target instanceof HTMLDetailsElement) target.open = true;
  target.scrollIntoView();
}
