import {element, facts} from "./element.js";
import * as Format from "./format.js";
import * as JSONText from "./jsontext.js";
import {Outcome} from "./outcome.js";
import * as TimeAxis from "./timeaxis.js";

// DiagramPanel shows the selected message of the space-time diagram. Everything from the run is inserted as text.
export class DiagramPanel {
  static #longest = 50000; // characters of a body to show

  #run; #causality;

  // The actions are close() and zoom(message).
  constructor(run, actions) {
    this.#run = run;
    this.actions = actions;
    this.root = element("div", {className: "diagram-panel", hidden: true, role: "region", "aria-label": "Selected message"});
  }

  // show shows a message; -1 hides the panel.
  show(m) {
    this.root.hidden = m < 0;
    if (m < 0) {
      this.root.replaceChildren();
      return;
    }
    const {sent, done, outcome, src, as, dest, type, id, body} = this.#run.messages;
    const known = !Number.isNaN(done[m]);
    this.#causality = element("span", {}, "…");
    const rows = [
      ["message", `${id[m]}, ${this.#run.types[type[m]]}`],
      ["from", as[m] === src[m] ? this.#party(src[m]) : `${this.#party(src[m])}, in the name of ${this.#party(as[m])}`],
      ["to", this.#party(dest[m])],
      ["sent", TimeAxis.moment(sent[m])],
      [Outcome.wasLost(outcome[m]) ? "lost" : "received", known ? TimeAxis.moment(done[m]) : "never"],
      ["latency", known ? Format.duration(done[m] - sent[m]) : "none"],
      ["outcome", Outcome.names[outcome[m]]],
      ["causality", this.#causality],
    ];
    this.root.replaceChildren(facts(rows), this.#body(body(m)), element("div", {className: "view-bar"},
      element("button", {type: "button", textContent: "Zoom to it", onclick: () => this.actions.zoom(m)}),
      element("button", {type: "button", textContent: "Close", onclick: () => this.actions.close()})));
  }

  // setCausality sets the numbers of messages in the past and in the future of the message shown.
  setCausality(past, future) {
    if (!this.#causality) return;
    this.#causality.textContent = `${past.toLocaleString("en")} messages led to it and ${future.toLocaleString("en")} came of it, ` +
      "counting only those in the window.";
  }

  #party(p) {
    const {id, role} = this.#run.parties[p];
    return role === "node" ? id : `${id} (${role})`;
  }

  #body(text) {
    const shown = JSONText.indent(text.slice(0, DiagramPanel.#longest));
    const rest = text.length - DiagramPanel.#longest;
    return element("pre", {
      tabIndex: 0, "aria-label": "Body",
      textContent: rest > 0 ? `${shown}\n… and ${rest.toLocaleString("en")} more characters` : shown,
    });
  }
}
