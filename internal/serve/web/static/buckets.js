// Buckets are the operations of a run by the step of time in which they ended.
export class Buckets {
  #all = new Map(); // by number

  // Each step takes width ns.
  constructor(width) {
    this.width = width;
  }

  // merge takes buckets that are new, or have changed.
  merge(buckets) {
    for (const b of buckets) this.#all.set(b.number, b);
  }

  // ordered returns all buckets in the order of time.
  ordered() {
    return [...this.#all.values()].sort((a, b) => a.number - b.number);
  }

  // stack returns how many operations per second each outcome had, on top of those before it: [{outcome, low, high}].
  stack(bucket) {
    let high = 0;
    return ["ok", "fail", "info"].map((outcome) => {
      const low = high;
      high += (bucket[outcome] * 1e9) / this.width;
      return { outcome, low, high };
    });
  }
}
