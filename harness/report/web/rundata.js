import {Outcome} from "./outcome.js";

// RunData reads the run from the page. Go's package report writes it, in payload.go.

// read returns the run. The messages are in columns, so that there can be many.
export async function read() {
  const [summary, columns, bodies] = await Promise.all(["summary", "messages", "bodies"].map(unpack));
  const run = JSON.parse(new TextDecoder().decode(summary));
  const places = new Map(run.parties.map((party, i) => [party.id, i]));
  const placesOf = (ids) => ids.map((id) => places.get(id)).filter((place) => place !== undefined);
  return {
    test: run.test || {}, result: run.result || {},
    parties: run.parties, types: run.types.map((type) => type || "(no type)"),
    messages: readMessages(columns, bodies, run.count), total: run.total,
    ops: readOps(run.ops),
    faults: (run.faults || []).map((fault) => ({
      ...fault,
      cut: fault.cut && fault.cut.map(placesOf).filter((link) => link.length === 2),
      nodes: placesOf(fault.nodes || []),
    })),
    clients: new Map(Object.entries(run.clients).map(([process, id]) => [process, places.get(id) ?? -1])),
    logs: run.logs, pictures: run.pictures || [], causes: run.causes || [], duration: run.duration, workers: run.workers, truncated: run.truncated, notes: run.notes || [],
  };
}

// unpack returns the bytes of a block of the page, and removes the block, which may be large.
async function unpack(name) {
  const block = document.getElementById(`data-${name}`);
  const packed = Uint8Array.from(atob(block.textContent), (c) => c.charCodeAt(0));
  block.remove();
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// reader returns a function that reads the next number: zigzag varints of less than 53 bits.
function reader(bytes) {
  let at = 0;
  return () => {
    let value = 0, scale = 1;
    for (;;) {
      const b = bytes[at++];
      value += (b & 127) * scale;
      if (b < 128) break;
      scale *= 128;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
}

function readMessages(bytes, bodies, count) {
  const next = reader(bytes);
  const fill = (column, difference) => {
    for (let i = 0, last = 0; i < count; i++) {
      last = difference ? last + next() : next();
      column[i] = last;
    }
    return column;
  };
  const sent = fill(new Float64Array(count), true);
  const done = fill(new Float64Array(count), false);
  const outcome = fill(new Uint8Array(count), false);
  for (let i = 0; i < count; i++) done[i] = outcome[i] === Outcome.underWay ? NaN : sent[i] + done[i];
  const src = fill(new Uint16Array(count), false);
  const dest = fill(new Uint16Array(count), false);
  const type = fill(new Uint16Array(count), false);
  const id = fill(new Float64Array(count), true);
  const place = fill(new Uint32Array(count), true);
  // as is the party in whose name a message was sent: the src of its envelope. src is the actual sender, nearly always the same.
  const as = fill(new Int32Array(count), false);
  for (let i = 0; i < count; i++) as[i] += src[i];
  const body = bodyReader(next, bodies, place);
  return {count, sent, done, outcome, src, as, dest, type, id, body};
}

// bodyReader returns a function from a message to its body. Two messages have the same position if one is a copy of the
// other.
function bodyReader(next, bodies, place) {
  let n = 0;
  for (const p of place) n = Math.max(n, p + 1);
  const begin = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) begin[i + 1] = begin[i] + next();
  const decoder = new TextDecoder();
  return (m) => decoder.decode(bodies.subarray(begin[place[m]], begin[place[m] + 1]));
}

function readOps(columns) {
  const ops = (columns.time || []).map((time, index) => ({
    index, time, type: columns.type[index], f: columns.f[index], pair: columns.pair[index],
    node: (columns.node || [])[index] || "",
    process: columns.process[index] === "nemesis" ? "nemesis" : Number(columns.process[index]),
    value: columns.value[index], error: columns.error[index], final: false,
  }));
  for (const index of columns.final || []) ops[index].final = true;
  return ops;
}
