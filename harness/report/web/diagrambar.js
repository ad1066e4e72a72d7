import {element, iconButton} from "./element.js";
import {Filter} from "./filter.js";
import {Legend} from "./legend.js";

// DiagramBar has the controls of the space-time diagram: zoom, filters with the legend of types, and the value to follow.
export class DiagramBar {
  #run; #bus; #actions; #filter; #legend;
  #partyChips = element("div", {className: "view-bar", role: "group", "aria-label": "Parties"});
  #partySummary = element("summary");
  #value; #suggestion;

  // The actions are zoom(factor), fit(), clients(on), follow(text) and step(by).
  constructor(run, bus, actions) {
    this.#run = run;
    this.#bus = bus;
    this.#actions = actions;
    this.#filter = new Filter(run, bus, () => this.#updateParties());
    this.#legend = new Legend(run, bus);
    const clients = element("input", {type: "checkbox", onchange: () => actions.clients(clients.checked)});
    this.#value = element("input", {type: "text", placeholder: "5", "aria-label": "Follow a JSON value", spellcheck: false});
    this.#value.addEventListener("change", () => actions.follow(this.#value.value.trim()));
    this.#suggestion = element("button", {type: "button", hidden: true, onclick: () => this.#followSuggestion()});
    this.rows = [
      element("div", {className: "view-bar"},
        iconButton("−", "Zoom out", () => actions.zoom(1 / 2)),
        iconButton("+", "Zoom in", () => actions.zoom(2)),
        iconButton("Fit", "Show the whole run", () => actions.fit()),
        iconButton("‹", "Previous message", () => actions.step(-1)),
        iconButton("›", "Next message", () => actions.step(1)),
        element("label", {}, "Follow a value", this.#value),
        this.#suggestion,
        element("label", {hidden: !run.parties.some((p) => p.role === "client")}, clients, "Clients")),
      this.#legend.root,
      element("details", {}, this.#partySummary, this.#partyChips),
    ];
    this.#partyChips.append(...run.parties.map(({id}, p) =>
      element("button", {type: "button", className: "chip", textContent: id, onclick: () => this.toggleParty(p)})));
    this.#updateParties();
  }

  // recolour applies the colours of a palette.
  recolour(palette) {
    this.#legend.recolour(palette);
  }

  #updateParties() {
    const {parties} = this.#filter;
    const names = [...parties || []].sort((a, b) => a - b).map((p) => this.#run.parties[p].id);
    this.#partySummary.textContent = parties ? `Parties: ${names.join(" ")}` : "Parties: all";
    [...this.#partyChips.children].forEach((chip, p) => { chip.ariaPressed = String(!parties || parties.has(p)); });
  }

  // toggleParty adds a party to those whose messages are shown, or removes it. If no party is chosen, all messages are
  // shown.
  toggleParty(p) {
    const {types, parties} = this.#filter;
    const chosen = new Set(parties || []);
    if (!chosen.delete(p)) chosen.add(p);
    this.#bus.emit("filter", {types, parties: chosen.size === 0 ? null : chosen});
  }

  // setFollow sets the followed value, "" for none, and suggests another.
  setFollow(text, suggestion = "") {
    this.#value.value = text;
    this.#suggestion.hidden = suggestion === "";
    this.#suggestion.textContent = suggestion === "" ? "" : `Follow ${suggestion}`;
    this.#suggestion.value = suggestion;
  }

  #followSuggestion() {
    const text = this.#suggestion.value;
    this.setFollow(text);
    this.#actions.follow(text);
  }
}
