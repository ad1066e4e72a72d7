// Shows the operations of a run: all of one that has ended, and those of a run in progress as they happen.

import { Buckets } from "./buckets.js";
import { Chart, linear, logarithmic, span, trim } from "./chart.js";

const live = document.getElementById("live");
let limit = 0; // of the main phase, ns
let buckets = new Buckets(1);
let last = null; // the latest update

function draw() {
  if (!last) return;
  const duration = Math.max(last.now, limit);
  const { width } = buckets;
  const ordered = buckets.ordered();
  const timed = ordered.filter((b) => b.median > 0);
  const most = (figure) => ordered.reduce((top, b) => Math.max(top, figure(b)), 1);

  const lowest = timed.reduce((low, b) => Math.min(low, b.median), 1e6);
  const times = new Chart(document.getElementById("latency"), duration, logarithmic(lowest, most((b) => b.max)), span);
  times.bands(last.faults, last.now);
  times.axes();
  for (const b of timed) {
    const middle = (b.number + 0.5) * width;
    times.bar(middle, middle, b.median, b.max, "max");
    times.dot(middle, b.median, "median");
  }

  const rates = new Chart(document.getElementById("rate"), duration, linear(1.05 * most((b) => buckets.stack(b).at(-1).high)), trim);
  rates.bands(last.faults, last.now);
  rates.axes();
  for (const b of ordered) {
    for (const { outcome, low, high } of buckets.stack(b)) rates.bar(b.number * width, (b.number + 1) * width, low, high, outcome);
  }
}

function cell(text, name) {
  const td = document.createElement("td");
  td.textContent = text;
  td.className = name;
  return td;
}

function tell() {
  const running = live.dataset.running === "true";
  let now = running ? "At " + span(last.now) + ", " + last.open + " operations are under way." : "";
  document.getElementById("now").textContent = [now, ...last.notes].join(" ");

  const inForce = last.faults.filter((f) => !f.end).map((f) => title(f) + ", since " + span(f.begin));
  document.getElementById("fault").textContent = running && inForce.length ? "In force: " + inForce.join("; ") : "";

  const { ok, fail, info } = last.others;
  const others = ok + fail + info > 0 ? [{ ...last.others, f: "others" }] : [];
  document.getElementById("functions").replaceChildren(
    ...[...last.functions, ...others].map((f) => {
      const row = document.createElement("tr");
      const name = document.createElement("th");
      name.scope = "row";
      name.textContent = f.f;
      row.append(name, cell(f.ok, "number"), cell(f.fail, "number"), cell(f.info, "number"));
      return row;
    }),
  );

  const list = document.getElementById("faults");
  list.hidden = last.faults.length === 0;
  list.querySelector("ul").replaceChildren(
    ...last.faults.map((f) => {
      const item = document.createElement("li");
      item.textContent = title(f) + ", " + span(f.begin) + " to " + (f.end ? span(f.end) : "now");
      return item;
    }),
  );
}

// title says what a fault is.
function title(fault) {
  return fault.name + (fault.about ? ": " + fault.about : "");
}

let events = null;

// follow shows what happens while the page is seen: browsers have few connections to a server for all pages together.
function follow() {
  if (document.hidden) {
    if (events && live.dataset.running === "true") {
      events.close();
      events = null;
    }
    return;
  }
  if (events) return;
  events = new EventSource("events");
  events.addEventListener("start", (e) => {
    const start = JSON.parse(e.data);
    limit = live.dataset.running === "true" ? start.limit : 0; // of a run that has ended, what has happened is all there is
    buckets = new Buckets(start.width);
  });
  events.addEventListener("update", (e) => {
    last = JSON.parse(e.data);
    buckets.merge(last.buckets);
    draw();
    tell();
  });
  events.addEventListener("end", (e) => {
    e.target.close();
    if (live.dataset.running === "true") location.reload(); // to show the verdict
  });
  events.addEventListener("error", (e) => {
    if (e.target.readyState !== EventSource.CLOSED) return; // it tries again
    document.getElementById("now").textContent = "The operations cannot be followed: there is no history, or too many pages follow runs.";
  });
}

follow();
addEventListener("visibilitychange", follow);
addEventListener("resize", draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
