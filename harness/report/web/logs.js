import {element, everyFrame} from "./element.js";
import * as Format from "./format.js";

// Logs shows the stderr of the nodes.

const manyLines = 5000;

export function mount(section, run) {
  const ids = run.parties.filter((party) => party.id in run.logs).map((party) => party.id);
  for (const id of Object.keys(run.logs)) if (!ids.includes(id)) ids.push(id);
  const written = ids.filter((id) => run.logs[id] !== "");
  section.append(element("h2", {}, "Logs"));
  if (written.length === 0) {
    section.append(element("p", {className: "soft"}, ids.length === 0 ? "There are no logs." : "No node wrote anything to stderr."));
    return;
  }
  const text = element("pre", {className: "log", tabIndex: 0, "aria-label": "Log"});
  const count = element("span", {className: "soft", role: "status"});
  const show = everyFrame(() => {
    const lines = find(run.logs, node.value === "" ? written : [node.value], search.value.toLowerCase());
    text.textContent = lines.slice(-manyLines).join("\n");
    count.textContent = lines.length > manyLines ? `the last ${Format.count(manyLines)} of ${Format.count(lines.length)} lines` : `${Format.count(lines.length)} lines`;
  });
  const node = element("select", {"aria-label": "Node", onchange: show}, element("option", {value: ""}, "all nodes"),
    ...written.map((id) => element("option", {value: id}, id)));
  const search = element("input", {type: "search", placeholder: "text", oninput: show, "aria-label": "Search in the logs"});
  section.append(element("div", {className: "bar"}, node, search, count), text);
  show();
}

// find returns the lines of the logs that contain the text, each with its node if there are several nodes.
function find(logs, ids, text) {
  return ids.flatMap((id) => logs[id].replace(/\n$/, "").split("\n")
    .filter((line) => text === "" || line.toLowerCase().includes(text))
    .map((line) => ids.length > 1 ? `${id}  ${line}` : line));
}
