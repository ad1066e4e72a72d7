import assert from "node:assert/strict";
import {test} from "node:test";
import * as Bus from "../bus.js";
import * as ChartData from "../chartdata.js";
import {ClusterFigures} from "../clusterfigures.js";
import * as ClusterLayout from "../clusterlayout.js";
import * as DiagramLayout from "../diagramlayout.js";
import {Filter} from "../filter.js";
import {makeOps, makeRun} from "./run.js";

const run = makeRun([
  "c0>n0 100 110 broadcast",
  "n0>n1 120 130",
  "n0>n1 140 x150",
  "n0>c0 160 170 broadcast_ok",
  "n1>lww 180 -",
], {duration: 200});
const [c0, n0, n1, lww] = [0, 1, 2, 3];

test("figures of a party are those until a time", () => {
  const figures = new ClusterFigures(run);
  assert.deepEqual(figures.at(n0, 100), {sent: 0, received: 0, lost: 0, ok: null});
  assert.deepEqual(figures.at(n0, 140), {sent: 2, received: 1, lost: 0, ok: null});
  assert.deepEqual(figures.at(n0, 200), {sent: 3, received: 1, lost: 1, ok: 160});
  assert.deepEqual(figures.at(n1, 200), {sent: 1, received: 1, lost: 0, ok: null});
});

test("a filter follows the bus", () => {
  const bus = Bus.create();
  let changes = 0;
  const filter = new Filter(run, bus, () => changes++);
  const shown = () => [0, 1, 2, 3, 4].filter((m) => filter.shows(m));
  assert.deepEqual(shown(), [0, 1, 2, 3, 4]);
  bus.emit("filter", {types: new Set([1]), parties: null});
  assert.deepEqual(shown(), [1, 2, 4]);
  bus.emit("filter", {types: new Set([1]), parties: new Set([lww])});
  assert.deepEqual(shown(), [4]);
  bus.emit("filter", {types: null, parties: new Set([c0, lww])});
  assert.deepEqual(shown(), [0, 3, 4]);
  bus.emit("time", 5);
  assert.equal(changes, 3);
});

test("every party of the diagram has its lane, clients if asked for", () => {
  const faults = [{begin: 0, end: 50}, {begin: 20, end: 80}, {begin: 50}, {begin: 90}];
  const layout = DiagramLayout.of({...run, faults}, 800, false);
  assert.deepEqual(layout.lanes.map((lane) => lane.party), [n0, n1, lww]);
  assert.equal(layout.laneOf(layout.y(n1, n0)).party, n1);
  assert.equal(layout.laneOf(-1e3), undefined);
  assert.ok(layout.y(c0, n0) < layout.y(n0, c0), "a client's messages begin above its node");
  assert.deepEqual([layout.x(0, 0, 100), layout.x(100, 0, 100)], [layout.left, layout.right]);
  assert.deepEqual(layout.labels.map((label) => label.row), [0, 1, 0, 1], "faults that overlap have rows of their own");
  assert.deepEqual(layout.labels.map((label) => label.until), [50, 90, Infinity, Infinity]);
  assert.deepEqual(DiagramLayout.of(run, 800, true).lanes.map((lane) => lane.party), [c0, n0, n1, lww]);
});

test("the cluster's nodes stand around its services, each with its clients", () => {
  const {places, width, height} = ClusterLayout.of(run, 800);
  const distance = (a, b) => Math.hypot(places[a].x - places[b].x, places[a].y - places[b].y);
  assert.deepEqual([places[lww].x, places[lww].y], [width / 2, height / 2]);
  assert.ok(Math.abs(distance(c0, n0) - 24) < 1e-9);
  assert.ok(distance(n0, n1) > distance(n0, lww));
});

test("charts count and measure", () => {
  const operations = makeRun(["n0>n1 1500000000 1600000000", "n0>n1 100 -"], {
    duration: 2e9,
    ops: makeOps(
      [0, "invoke", "read", "null", 0, 1], [0, "ok", "read", "1", 1e6, 0],
      [1, "invoke", "read", "null", 1e9, 3], [1, "ok", "read", "1", 1.5e9, 2],
      [2, "invoke", "add", "1", 1e9, 5], [2, "fail", "add", "1", 1.9e9, 4],
      [3, "invoke", "add", "2", 1.2e9], ["nemesis", "info", "start-kill", "null", 1.3e9]),
  });
  const latencies = ChartData.latencies(operations);
  assert.deepEqual(latencies.series.map((s) => s.name), ["add fail", "read ok"]);
  assert.deepEqual(latencies.data, [[0, 1, 1], [null, null, 900], [1, 500, null]]);

  const sum = (values) => values.reduce((a, b) => a + b, 0);
  const rates = ChartData.rates(operations, 0, 2e9);
  const width = rates.data[0][1] - rates.data[0][0];
  assert.deepEqual(rates.data.slice(1).map((values) => Math.round(sum(values) * width)), [1, 2]);
  assert.deepEqual(ChartData.rates(operations, 1e9, 2e9).data.slice(1).map((values) => values.filter((v) => v > 0).length), [1, 1]);

  const quantiles = ChartData.quantiles(operations, 0, 2e9, "read");
  const maximum = quantiles.data.at(-1).filter((v) => v !== null);
  assert.deepEqual(maximum, [1, 500]);
  assert.deepEqual(ChartData.quantiles(operations, 0, 2e9, "add").data.at(-1).filter((v) => v !== null), [], "none ended ok");

  const traffic = ChartData.traffic(operations, 1e9, 2e9);
  assert.equal(traffic.data[1].filter((v) => v > 0).length, 1);
});
