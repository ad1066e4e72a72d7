// Format formats numbers for readers.

// count formats a whole number; other numbers are rounded.
export function count(n) {
  return typeof n === "number" ? n.toLocaleString("en", {maximumFractionDigits: n < 1 ? 3 : 2}) : "–";
}

// duration formats nanoseconds with a suitable unit, without a line break before the unit.
export function duration(ns) {
  if (!(ns >= 0)) return "–";
  for (const [unit, size] of [["s", 1e9], ["ms", 1e6], ["µs", 1e3]]) {
    if (ns >= size) return `${Number((ns / size).toPrecision(3))}\u00a0${unit}`;
  }
  return `${ns}\u00a0ns`;
}

// time formats a moment of the run.
export function time(ns) {
  return `${(ns / 1e9).toFixed(3)} s`;
}

// clip shortens a long text.
export function clip(text, limit) {
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}

// roundStep returns the smallest of 1, 2 and 5, times a power of ten, that is at least least.
export function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((f) => f * power).find((step) => step >= least * (1 - 1e-9));
}
