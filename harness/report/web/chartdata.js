import * as Format from "./format.js";
import * as Operation from "./operation.js";

// ChartData computes the data of the charts, for the part of the run that they show: {data, series}. data has the times in
// s, then the values of each series, null where there is no value.

const fewSteps = 12, manySteps = 120; // numbers of time steps
const perStep = 10; // the number of events that a step should have
const manyTypes = 12;
const outcomes = ["ok", "fail", "info"];

// bins divides a time into steps of a round length; the fewer events, the fewer steps. It returns the middles of the steps
// in s, and a function from times to steps.
function bins(from, to, events) {
  const steps = Math.min(manySteps, Math.max(fewSteps, events / perStep));
  const width = Format.roundStep(Math.max(to - from, 1e3) / steps);
  const first = Math.floor(from / width);
  const n = Math.max(1, Math.ceil(to / width) - first);
  const x = Array.from({length: n}, (_, i) => (first + i + 0.5) * width / 1e9);
  return {n, x, width, of: (t) => Math.floor(t / width) - first};
}

// completed calls f with each completion of a client's operation and its invocation.
function completed(run, f) {
  for (const op of run.ops) {
    if (op.process !== "nemesis" && op.type !== "invoke" && op.pair >= 0) f(op, run.ops[op.pair]);
  }
}

// during counts the operations that ended within a time.
function during(run, from, to) {
  let n = 0;
  completed(run, (op) => n += op.time >= from && op.time < to ? 1 : 0);
  return n;
}

// kinds returns the kinds of operations and outcomes that occur: [{f, type, name}].
function kinds(run) {
  const names = new Set();
  completed(run, (op) => names.add(JSON.stringify([op.f, outcomes.indexOf(op.type)])));
  return [...names].sort().map((key) => {
    const [f, type] = JSON.parse(key);
    return {f, type: outcomes[type], name: `${f} ${outcomes[type]}`};
  });
}

function placeOf(all) {
  const places = new Map(all.map(({f, type}, i) => [`${f} ${type}`, i]));
  return (op) => places.get(`${op.f} ${op.type}`);
}

// latencies has a dot for each operation, at its beginning, in ms. The data does not depend on the part of the run shown.
export function latencies(run) {
  const series = kinds(run);
  const place = placeOf(series);
  const points = [];
  completed(run, (op, first) => points.push([first.time, Math.max(1e-3, (op.time - first.time) / 1e6), place(op)]));
  points.sort((a, b) => a[0] - b[0]);
  const data = [points.map(([t]) => t / 1e9), ...series.map(() => new Array(points.length).fill(null))];
  points.forEach(([, latency, k], i) => data[k + 1][i] = latency);
  return {data, series};
}

// quantiles has, for each step, quantiles of the latencies of the operations that began in the step and ended with ok.
export function quantiles(run, from, to, f) {
  const wanted = [["median", 0.5], ["95 %", 0.95], ["99 %", 0.99], ["maximum", 1]];
  const {n, x, of} = bins(from, to, during(run, from, to));
  const samples = Array.from({length: n}, () => []);
  completed(run, (op, first) => {
    if (op.type !== "ok" || f !== "" && op.f !== f) return;
    samples[of(first.time)]?.push(Math.max(1e-3, (op.time - first.time) / 1e6));
  });
  for (const s of samples) s.sort((a, b) => a - b);
  const at = (s, q) => s.length === 0 ? null : s[Math.min(s.length - 1, Math.floor(s.length * q))];
  return {data: [x, ...wanted.map(([, q]) => samples.map((s) => at(s, q)))], series: wanted.map(([name]) => ({name}))};
}

// rates has the operations per second, counted at their ends.
export function rates(run, from, to) {
  const series = kinds(run);
  const place = placeOf(series);
  const {n, x, width, of} = bins(from, to, during(run, from, to));
  const data = [x, ...series.map(() => new Array(n).fill(0))];
  completed(run, (op) => {
    const step = of(op.time);
    if (step >= 0 && step < n) data[place(op) + 1][step] += 1e9 / width;
  });
  return {data, series};
}

// traffic has the messages sent per second. If there are many types, the rarest are combined.
export function traffic(run, from, to) {
  const {count, sent, type} = run.messages;
  const totals = new Array(run.types.length).fill(0);
  for (let m = 0; m < count; m++) totals[type[m]]++;
  const order = [...totals.keys()].filter((t) => totals[t] > 0).sort((a, b) => totals[b] - totals[a]);
  const shown = order.length > manyTypes ? order.slice(0, manyTypes - 1) : order;
  const series = shown.map((t) => ({name: run.types[t], type: t, dash: run.types[t].endsWith("_ok") ? [5, 4] : []}));
  const place = new Array(run.types.length).fill(shown.length);
  shown.forEach((t, i) => place[t] = i);
  if (shown.length < order.length) series.push({name: `${order.length - shown.length} other types`, type: -1});
  const {n, x, width, of} = bins(from, to, Operation.between(run, from, to, () => true).length);
  const data = [x, ...series.map(() => new Array(n).fill(0))];
  for (let m = 0; m < count; m++) {
    const step = of(sent[m]);
    if (step >= 0 && step < n) data[place[type[m]] + 1][step] += 1e9 / width;
  }
  return {data, series};
}
