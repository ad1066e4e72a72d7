import {button, element} from "./element.js";

// Panels has the lists of the page: options, messages under way, actions, tried executions, operations.

const signs = {deliver: "→", begin: "■", start: "↑", heal: "∪", fire: "▲", sync: "◆", lose: "✕", duplicate: "⧉", kill: "✕", cut: "✂", end: "□", "begin with": "·"};

const groups = [
  ["What may happen", (o) => !o.fault && !o.beyond],
  ["Faults that the scope allows", (o) => o.fault && !o.beyond],
  ["Beyond the scope", (o) => o.beyond],
];

const open = new Map(); // whether a group is open, by its name, as the reader left it

// options fills the section with what can happen next. take(number) carries it out; current is the number of the option that the execution
// takes.
export function options(section, view, take) {
  const current = view.actions[view.at]?.number ?? -1;
  section.replaceChildren(element("h2", {}, "Next"));
  if (view.options.length === 0) section.append(element("p", {className: "soft"}, "Nothing: the execution has ended."));
  for (const [name, belongs] of groups) {
    const some = view.options.filter((o) => belongs(o));
    if (some.length === 0) continue;
    const list = element("ol", {className: "options"}, ...some.map((o) => element("li", {},
      button(`option ${o.number}`, o.text, element("span", {className: "what"},
        element("kbd", {}, `${o.number}`), element("span", {className: "sign"}, signs[o.kind] ?? ""), o.text),
      () => take(o.number), {className: o.number === current ? "option current" : "option", "aria-current": o.number === current ? "step" : "false"}))));
    if (name === groups[0][0]) section.append(list);
    else section.append(element("details", {open: open.get(name) ?? some.length <= 6, ontoggle: (event) => open.set(name, event.target.open)}, element("summary", {}, `${name} (${some.length})`), list));
  }
}

// actions fills the section with the actions of the execution. go(at) shows the state after so many of them; choose(choice, number, at) decides a
// choice otherwise.
export function actions(section, view, places, go, choose) {
  const found = new Set(places.flat());
  const list = element("ol", {className: "actions", start: 0}, ...view.actions.map((a, i) => element("li", {},
    button(`action ${i}`, `${i} ${a.text}`, element("span", {className: "what"},
      element("span", {className: "number"}, `${i}`), element("span", {className: "sign"}, signs[a.kind] ?? ""), a.text,
      ...a.logs.map((line) => element("span", {className: "logline"}, line))),
    () => go(i + 1), {
      className: `action${i >= view.at ? " later" : ""}${i === view.at - 1 ? " current" : ""}${a.number > 0 || a.choices.some((c) => c.number > 0) ? " chosen" : ""}${found.has(i) ? " found" : ""}`,
      "aria-current": i === view.at - 1 ? "step" : "false",
    }), ...a.choices.map((c) => choiceOf(c, i + 1, choose)))));
  const old = section.querySelector("ol");
  const top = old ? old.scrollTop : 0;
  section.replaceChildren(element("h2", {}, "Actions"), button("action start", "the state before all actions", "Start", () => go(0), {className: view.at === 0 ? "action current" : "action"}),
    ...view.beginning.map((c) => choiceOf(c, 0, choose)), list, ...view.ending.map((c) => choiceOf(c, view.actions.length, choose)));
  list.scrollTop = top;
  const current = list.querySelector(".current");
  if (current && (current.offsetTop < list.scrollTop || current.offsetTop + current.offsetHeight > list.scrollTop + list.clientHeight)) {
    list.scrollTop = current.offsetTop - list.clientHeight / 2;
  }
}

// choiceOf shows a choice, and lets the reader choose otherwise.
function choiceOf(choice, at, choose) {
  const options = Array.from({length: Math.min(choice.of, 100)}, (_, k) => element("option", {value: `${k}`, selected: k === choice.number}, `option ${k}`));
  return element("label", {className: "choice"}, `${choice.text} `,
    element("select", {"aria-label": `decision ${choice.decision}`, "data-key": `choice ${choice.decision}`, onchange: (event) => choose(choice, Number(event.target.value), at)}, ...options));
}

// tree fills the section with the executions that were tried.
export function tree(section, executions, decisions, show) {
  section.replaceChildren(element("h2", {}, "Tried"), element("ol", {className: "tree"}, ...executions.map((e) => {
    const verdict = e.valid ? "✓" : "✗";
    const item = element("li", {}, button(`tried ${e.decisions}`, `${e.valid ? "valid" : "invalid"}: ${e.label}`, element("span", {className: "what"},
      element("span", {className: e.valid ? "sign good" : "sign bad"}, verdict), e.at > 0 ? element("span", {className: "number"}, `${e.at - 1}`) : "", e.label),
    () => show(e), {className: e.decisions === decisions ? "action current" : "action", "aria-current": e.decisions === decisions ? "true" : "false"}));
    item.style.setProperty("--depth", Math.min(e.depth, 8));
    return item;
  })));
}

// history fills the section with the operations of the clients.
export function history(section, view) {
  const upTo = view.at > 0 ? view.actions[view.at - 1].events : 0;
  section.replaceChildren(element("h2", {}, "Operations"), element("div", {className: "scroll", tabIndex: 0, role: "group", "aria-label": "Operations of the clients"}, element("table", {},
    element("thead", {}, row("th", "", "client", "node", "", "operation")),
    element("tbody", {}, ...view.history.map((op, i) => {
      const tr = row("td", `${i}`, op.client, op.node, op.type, op.final ? `${op.text} (after the recovery)` : op.text);
      tr.className = `${i >= upTo ? "later " : ""}${op.type}`;
      return tr;
    })))));
}

function row(tag, ...cells) {
  return element("tr", {}, ...cells.map((text) => element(tag, {}, text)));
}

// flight returns the messages under way, and the clients that wait.
export function flight(view) {
  const state = view.now;
  const lines = state.flight.map((m) => element("li", {}, `${m.src} → ${m.dest} ${m.body}`));
  return element("article", {className: "node"}, element("h3", {}, "Under way"),
    lines.length > 0 ? element("ul", {className: "flight"}, ...lines) : element("p", {className: "soft"}, "no messages"),
    ...(state.cut.length > 0 ? [element("p", {className: "bad"}, `cut: ${state.cut.map((g) => g.join(" ")).join(" | ")}`)] : []),
    element("p", {className: "facts"}, ...state.clients.map((c) => element("span", {className: c.asks ? "fact is-new" : "fact"},
      c.asks ? `${c.id} waits for ${c.node}: ${c.asks}` : c.left > 0 ? `${c.id} has ${c.left} to begin` : `${c.id} has done all`))));
}

// verdict fills the section with the verdict of the whole execution, and of one that ends in the state.
export function verdict(section, view) {
  const side = (name, reasons) => element("div", {className: reasons.length > 0 ? "verdict bad" : "verdict good"},
    element("p", {}, element("strong", {}, reasons.length > 0 ? "✗ invalid" : "✓ valid"), ` ${name}`),
    reasons.length > 0 ? element("ul", {}, ...reasons.map((r) => element("li", {}, r))) : "");
  section.replaceChildren(...(view.now.broken ? [element("p", {className: "problem"}, `The invariant does not hold: ${view.now.broken}`)] : []));
  if (view.at < view.actions.length) section.append(side("if all faults end here, and the nodes recover", view.here));
  section.append(side("if it goes on as below, up to its end", view.reasons));
}
