import * as Format from "./format.js";
import {Outcome} from "./outcome.js";

// Spread describes how a value spread, based on the messages that carry it.

// of takes the messages that carry the value, in the order of sending, and returns {news, heard, deaf}. news are the
// messages, including lost ones, to parties that had not heard of the value by then. heard are the nodes that heard of it,
// in order, with the times: [{party, time}]. deaf are the nodes that never did.
export function of(run, carriers) {
  const {sent, done, outcome, dest} = run.messages;
  const time = new Float64Array(run.parties.length).fill(Infinity);
  for (const m of carriers) {
    if (outcome[m] === Outcome.received) time[dest[m]] = Math.min(time[dest[m]], done[m]);
  }
  const nodes = [...run.parties.keys()].filter((p) => run.parties[p].role === "node");
  return {
    news: carriers.filter((m) => run.parties[dest[m]].role !== "client" && sent[m] <= time[dest[m]]),
    heard: nodes.filter((p) => time[p] < Infinity).map((party) => ({party, time: time[party]})).sort((a, b) => a.time - b.time),
    deaf: nodes.filter((p) => time[p] === Infinity),
  };
}

// describe tells when the first and the last node heard of the value, and which nodes never did.
export function describe(run, {heard, deaf}) {
  const name = (party) => run.parties[party].id;
  const parts = [];
  if (heard.length > 0) parts.push(`${name(heard[0].party)} had it first, at ${Format.time(heard[0].time)}`);
  if (heard.length > 1) parts.push(`${name(heard.at(-1).party)} was the last to get it, at ${Format.time(heard.at(-1).time)}`);
  if (heard.length > 0 && deaf.length > 0) parts.push(`${deaf.map(name).join(", ")} never got it`);
  return parts.length > 0 ? `${parts.join("; ")}.` : "";
}
