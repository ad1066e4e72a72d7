import {element} from "./element.js";

// ClusterTable shows the figures of all nodes and services at the time of the cluster view.
export class ClusterTable {
  static #columns = ["", "sent", "received", "lost", "last ok"];

  #figures; #rows; #details;

  // onOpen is called when the reader opens the table. The table is updated only while it is open.
  constructor(run, figures, onOpen) {
    this.#figures = figures;
    const head = element("tr", {}, ...ClusterTable.#columns.map((name) => element("th", {scope: "col", textContent: name})));
    const body = element("tbody");
    this.#rows = [];
    run.parties.forEach(({id, role}, party) => {
      if (role === "client") return;
      const cells = ClusterTable.#columns.slice(1).map(() => element("td"));
      body.append(element("tr", {}, element("th", {scope: "row", textContent: id}), ...cells));
      this.#rows.push({party, cells});
    });
    this.#details = element("details", {ontoggle: onOpen}, element("summary", {textContent: "Figures at this time"}),
      element("div", {}, element("table", {}, element("thead", {}, head), body)));
    this.root = this.#details;
  }

  // update shows the figures at time t.
  update(t) {
    if (!this.#details.open) return;
    for (const {party, cells} of this.#rows) {
      const {sent, received, lost, ok} = this.#figures.at(party, t);
      const values = [sent, received, lost, ok === null ? "" : `${(ok / 1e9).toFixed(3)} s`];
      values.forEach((value, i) => { cells[i].textContent = value; });
    }
  }
}
