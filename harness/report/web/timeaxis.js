import * as Format from "./format.js";

// TimeAxis formats times, in nanoseconds since the start of the run, and chooses the ticks of an axis.

// moment formats a time in seconds, to the microsecond: "3.204518 s".
export function moment(ns) {
  return `${(ns / 1e9).toFixed(6)} s`;
}

// ticks returns at most `most` round times from `from` to `to`, each with its label: [{time, label}].
export function ticks(from, to, most) {
  const rough = (to - from) / Math.max(1, most);
  if (!(rough > 0)) return [];
  const step = Format.roundStep(rough);
  const digits = Math.max(0, Math.ceil(9 - Math.log10(step) - 1e-9));
  const result = [];
  for (let i = Math.ceil(from / step); i * step <= to; i++) {
    result.push({time: i * step, label: `${(i * step / 1e9).toFixed(digits)} s`});
  }
  return result;
}
