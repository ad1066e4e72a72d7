import {element} from "./element.js";
import {Filter} from "./filter.js";

// Legend shows the message types and their colours. A click hides a type in all views, or shows it again.
export class Legend {
  #run; #bus; #filter;

  constructor(run, bus) {
    this.#run = run;
    this.#bus = bus;
    this.#filter = new Filter(run, bus, () => this.#update());
    this.root = element("div", {className: "view-bar", role: "group", "aria-label": "Message types"});
  }

  // recolour applies the colours of a palette.
  recolour(palette) {
    this.root.replaceChildren(...this.#run.types.map((name, i) => {
      const swatch = element("span", {className: "swatch"});
      swatch.style.background = palette.types[i];
      return element("button", {type: "button", className: "chip", onclick: () => this.#toggle(i)}, swatch, name);
    }));
    this.#update();
  }

  #update() {
    const {types} = this.#filter;
    [...this.root.children].forEach((chip, i) => { chip.ariaPressed = String(!types || types.has(i)); });
  }

  #toggle(i) {
    const all = [...this.#run.types.keys()];
    const shown = new Set(this.#filter.types || all);
    if (!shown.delete(i)) shown.add(i);
    this.#bus.emit("filter", {types: shown.size === all.length ? null : shown, parties: this.#filter.parties});
  }
}
