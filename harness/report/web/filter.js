// Filter decides which messages are shown: those of the chosen types, to or from one of the chosen parties. null stands for
// all.
export class Filter {
  types = null;
  parties = null;
  #messages;

  // A filter follows the "filter" event of the bus, and calls onChange after each change.
  constructor(run, bus, onChange) {
    this.#messages = run.messages;
    bus.on("filter", ({types, parties}) => {
      [this.types, this.parties] = [types, parties];
      onChange();
    });
  }

  // shows reports whether message m passes.
  shows(m) {
    const {type, src, dest} = this.#messages;
    if (this.types && !this.types.has(type[m])) return false;
    return !this.parties || this.parties.has(src[m]) || this.parties.has(dest[m]);
  }
}
