import {button, element} from "./element.js";

// FindView asks for a pattern: an event, or one event and a later one at the same node.

const kinds = ["deliver", "begin", "fire", "sync", "kill", "start", "lose", "duplicate"];

// mount makes the form. find(pattern) marks the pattern in the execution, search(pattern) looks for another execution; both resolve to a text to show.
// next(step) goes to the next mark, or the one before.
export function mount(section, {find, search, next}) {
  const first = fields("First", "kind of the first event"), then = fields("then at the same node", "kind of the second event");
  const types = element("datalist", {id: "types"});
  const result = element("p", {className: "result", role: "status"});
  const pattern = () => ({first: first.read(), then: then.read()});
  const tell = async (answer) => {
    result.className = "result";
    result.textContent = "…";
    try {
      result.textContent = await answer;
    } catch (err) {
      result.className = "result bad";
      result.textContent = err.message;
    }
  };
  const form = element("form", {className: "find", onsubmit: (event) => {
    event.preventDefault();
    tell(find(pattern()));
  }},
  first.row, then.row, types,
  element("p", {className: "bar"},
    element("button", {type: "submit"}, "Mark in this execution"),
    button("find next", "next mark (n)", "▼", () => next(1)),
    button("find before", "mark before (N)", "▲", () => next(-1)),
    button("search", "search other executions for this pattern", "Search all executions", () => tell(search(pattern()))),
    button("failure", "search for an execution that is not valid", "Search for a failure", () => tell(search({first: {}, then: {}})))),
  result);
  section.replaceChildren(element("h2", {}, "Find"), form);
  return {
    focus: () => first.row.querySelector("select").focus(),
    // offer has the form offer the parties and the types of a view.
    offer(view) {
      const parties = [...new Set([...view.now.nodes.map((n) => n.id), ...view.actions.map((a) => a.node)])].filter((id) => id !== "");
      first.offer(parties);
      then.offer(parties);
      types.replaceChildren(...[...new Set(view.actions.map((a) => a.type))].filter((t) => t !== "").map((value) => element("option", {value})));
    },
  };
}

function fields(name, label) {
  const kind = element("select", {"aria-label": label}, element("option", {value: ""}, "any action"), ...kinds.map((k) => element("option", {value: k}, k)));
  const type = element("input", {type: "text", placeholder: "type, as in read", "aria-label": `type of the message, or function of the operation, ${name}`});
  type.setAttribute("list", "types");
  const node = element("select", {"aria-label": `node, ${name}`}, element("option", {value: ""}, "any node"));
  return {
    row: element("p", {className: "bar"}, element("span", {className: "label"}, name), kind, type, node),
    read: () => ({kind: kind.value, type: type.value.trim(), node: node.value}),
    offer(ids) {
      const chosen = node.value;
      node.replaceChildren(element("option", {value: ""}, "any node"), ...ids.map((id) => element("option", {value: id}, id)));
      node.value = ids.includes(chosen) ? chosen : "";
    },
  };
}
