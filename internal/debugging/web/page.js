import * as Address from "./address.js";
import * as Diagram from "./diagram.js";
import * as Difference from "./difference.js";
import {button, element} from "./element.js";
import * as FindView from "./findview.js";
import * as Keys from "./keys.js";
import * as Nodes from "./nodes.js";
import * as Panels from "./panels.js";
import * as Server from "./server.js";
import * as Sides from "./sides.js";
import * as Tree from "./tree.js";
import * as Tried from "./tried.js";

// The page shows what its address says: an execution, one of its states, and perhaps another execution beside it.

const part = (id) => document.getElementById(id);
let shown = null; // {view, other}
let places = []; // pairs of actions that match the pattern
let pattern = null;
let showing = false; // the address has changed, and the page does not show yet what it says
const pressed = []; // the keys since then
let turn = 0; // of the latest change of the address: what is older is not shown any more

const findView = FindView.mount(part("find"), {find, search, next: nextPlace});

// show draws what the address says.
async function show() {
  const mine = ++turn;
  showing = true;
  const wanted = Address.parse(location.hash);
  try {
    const view = await Server.look(wanted.decisions, wanted.at);
    const other = wanted.other === null ? null : await Server.look(wanted.other, view.at);
    if (pattern !== null && mine === turn) places = await Server.find(view.decisions, pattern);
    if (mine !== turn) return;
    shown = {view, other};
    Tried.remember(view);
    problem(view.problem);
    draw();
  } catch (err) {
    if (mine === turn) problem(err.message);
  }
  if (mine === turn) shownNow();
}

// shownNow lets the keys act that were pressed while the page did not show what the address says: they are about what it shows now.
function shownNow() {
  showing = false;
  while (pressed.length > 0 && !showing) pressed.shift()();
}

// address changes the address, and with it the page.
function address(to) {
  const hash = Address.format(to);
  if (hash === location.hash) return;
  showing = true; // until hashchange has led to show
  location.hash = hash;
}

function problem(text) {
  part("problem").hidden = text === "";
  part("problem").textContent = text;
}

// draw draws the page anew. The focus stays where it was.
function draw() {
  const {view, other} = shown;
  const key = document.activeElement?.dataset?.key;
  part("bound").textContent = view.bound;
  bar(view);
  Panels.verdict(part("verdict"), view);
  Diagram.draw(part("diagram"), view, places, go);
  Panels.options(part("next"), view, take);
  part("nodes").replaceChildren(element("h2", {}, "State"), element("div", {className: "cards"}, ...Nodes.draw(view.now, view.before), Panels.flight(view)));
  Panels.actions(part("actions"), view, places, go, choose);
  Panels.tree(part("tree"), Tree.flatten(Tree.arrange(Tried.all(view.bound))), view.decisions, (e) => open(e.decisions, Math.min(view.at, e.at)));
  Panels.history(part("history"), view);
  findView.offer(view);
  part("sides").hidden = other === null;
  if (other !== null) Sides.draw(part("sides"), view, other, {go, swap, close: compare});
  part("said").textContent = view.at > 0 ? `${view.at} of ${view.actions.length}: ${view.actions[view.at - 1].text}` : "the beginning";
  if (key !== undefined && document.activeElement === document.body) {
    (document.querySelector(`[data-key="${CSS.escape(key)}"]`) ?? document.querySelector("#next button"))?.focus({preventScroll: true});
  }
}

function bar(view) {
  const step = (key, name, sign, at) => button(key, name, sign, () => go(at), {disabled: at < 0 || at > view.actions.length || at === view.at});
  part("bar").replaceChildren(
    step("begin", "to the beginning (Home)", "|◀", 0), step("back", "one action back (←)", "◀", view.at - 1),
    element("span", {className: "place"}, `${view.at} / ${view.actions.length}`),
    step("on", "one action on (→)", "▶", view.at + 1), step("end", "to the end (End)", "▶|", view.actions.length),
    button("compare", "keep this execution on the other side (c)", shown.other === null ? "Compare" : "One side", compare),
    button("help", "keys (?)", "?", help),
    element("label", {className: "decisions"}, "decisions ", element("input", {type: "text", value: view.decisions, spellcheck: false, "aria-label": "decisions", onchange: (event) => open(event.target.value.trim(), -1)})));
}

// open shows an execution.
function open(decisions, at) {
  const other = Address.parse(location.hash).other;
  address({decisions, at, other});
}

// go shows another state of the execution. It is no new entry in the browser's history.
function go(at) {
  const {view, other} = shown;
  if (at < 0 || at > view.actions.length) return;
  history.replaceState(null, "", Address.format({decisions: view.decisions, at, other: other?.decisions ?? null}));
  show();
}

// take carries out an option of the state.
function take(number) {
  const {view} = shown;
  if (!view.options.some((o) => o.number === number)) {
    part("said").textContent = `there is no option ${number}`;
    return;
  }
  if (view.actions[view.at]?.number === number) {
    go(view.at + 1);
  } else if (view.at < view.actions.length || number > 0) {
    open(Address.choose(view.decisions, view.next, number), view.at + 1);
  }
}

// choose decides otherwise in the course of the action, or before the first one. The state that is shown stays as far as it is before that.
function choose(choice, number, at) {
  open(Address.choose(shown.view.decisions, choice.decision, number), Math.min(shown.view.at, at));
}

function compare() {
  const {view, other} = shown;
  address({decisions: view.decisions, at: view.at, other: other === null ? view.decisions : null});
}

function swap() {
  const {view, other} = shown;
  if (other !== null) address({decisions: other.decisions, at: Math.min(view.at, other.actions.length), other: view.decisions});
}

function firstDifference() {
  const {view, other} = shown;
  const first = other === null ? -1 : Difference.first(view.actions, other.actions);
  if (first >= 0) go(Math.min(first + 1, view.actions.length));
}

async function find(wanted) {
  pattern = wanted;
  places = await Server.find(shown.view.decisions, wanted);
  draw();
  if (places.length > 0) go(places[0][1] + 1);
  return places.length === 0 ? "not in this execution" : `${places.length === 1 ? "once" : `${places.length} times`} in this execution`;
}

async function search(wanted) {
  const answer = await Server.search(wanted);
  if (answer.found) {
    pattern = Object.keys(wanted.first).length > 0 ? wanted : null;
    open(answer.decisions, answer.at);
  }
  return answer.text;
}

// nextPlace goes to the next match of the pattern, or to the one before.
function nextPlace(step) {
  const ends = places.map(([, last]) => last + 1);
  const at = step > 0 ? ends.find((end) => end > shown.view.at) : ends.findLast((end) => end < shown.view.at);
  if (at !== undefined) go(at);
}

function neighbour(step) {
  const all = Tree.flatten(Tree.arrange(Tried.all(shown.view.bound)));
  const e = all[all.findIndex((other) => other.decisions === shown.view.decisions) + step];
  if (e) open(e.decisions, shown.view.at);
}

function help() {
  Keys.fill(part("help"));
  part("help").showModal();
}

// moveFocus moves the focus through the options.
function moveFocus(step) {
  const all = [...document.querySelectorAll("#next .option")].filter((e) => e.checkVisibility());
  const at = all.indexOf(document.activeElement);
  all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + step))]?.focus();
}

// digit takes an option by its number. If there is one with a second digit, it waits for that.
let typed = "";
let waiting = 0;
function digit(d) {
  clearTimeout(waiting);
  typed += d;
  const number = Number(typed);
  const longer = shown.view.options.some((o) => o.number >= 10 * number && o.number < 10 * number + 10 && o.number !== number);
  const done = () => {
    typed = "";
    take(number);
  };
  if (longer) waiting = setTimeout(done, 600);
  else done();
}

function scale(factor) {
  const root = document.documentElement;
  const size = parseFloat(getComputedStyle(root).fontSize) * factor;
  root.style.fontSize = `${Math.max(10, Math.min(40, size))}px`;
  draw();
}

const keys = {
  ArrowLeft: () => go(shown.view.at - 1),
  ArrowRight: () => go(shown.view.at + 1),
  Home: () => go(0),
  End: () => go(shown.view.actions.length),
  ArrowDown: () => moveFocus(1),
  ArrowUp: () => moveFocus(-1),
  "[": () => neighbour(-1),
  "]": () => neighbour(1),
  c: compare,
  s: swap,
  d: firstDifference,
  f: () => findView.focus(),
  g: () => document.querySelector('[data-key="failure"]').click(),
  n: () => nextPlace(1),
  N: () => nextPlace(-1),
  "+": () => scale(1.15),
  "-": () => scale(1 / 1.15),
  "?": help,
};

document.addEventListener("keydown", (event) => {
  if (shown === null || Keys.typing(event)) return;
  const scrolls = event.key.startsWith("Arrow") && event.target.matches(".scroll, pre") && event.key !== "ArrowLeft" && event.key !== "ArrowRight";
  const act = /^[0-9]$/.test(event.key) ? () => digit(event.key) : keys[event.key];
  if (act === undefined || scrolls) return;
  event.preventDefault();
  if (showing) pressed.push(act);
  else act();
});
window.addEventListener("hashchange", show);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => shown && draw());
show();
