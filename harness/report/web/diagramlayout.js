// DiagramLayout computes positions in the space-time diagram: time runs from left to right, and every party has a lane.

const right = 12, axis = 22, labelRow = 15, maxLabelRows = 3;
const tallest = 6000; // CSS pixels: browsers limit the size of a canvas

// of returns a layout of the given width: {width, height, left, right, top, bottom, gap, lanes: [{party, y}], x(t, from,
// to), y(party, peer), laneOf(y), labelRow, labels: [{fault, row, until}]}. If clients have no lanes, their messages begin
// and end just above the lane of the node.
export function of(run, width, withClients) {
  const left = width < 500 ? 50 : 64;
  const shown = busy(run, withClients);
  const bands = labelRows(run.faults);
  const gap = Math.min(Math.max(16, Math.min(64, 400 / shown.length)), tallest / shown.length);
  const top = 8 + labelRow * Math.max(1, bands.rows) + Math.min(gap / 2, 20);
  const lanes = shown.map((party, i) => ({party, y: top + i * gap}));
  const lane = new Float64Array(run.parties.length).fill(NaN);
  for (const {party, y} of lanes) lane[party] = y;
  const bottom = top + (shown.length - 1) * gap + Math.min(gap / 2, 20);
  const stub = Math.min(14, gap * 0.45);
  return {
    width, height: bottom + axis, left, right: width - right, top, bottom, gap, lanes, labelRow, labels: bands.labels,
    x: (t, from, to) => left + (t - from) / (to - from) * (width - right - left),
    y: (party, peer) => Number.isNaN(lane[party]) ? lane[peer] - stub : lane[party],
    laneOf: (y) => lanes.find((l) => Math.abs(l.y - y) <= gap / 2),
  };
}

// busy returns the parties with a lane: every node, and the services and clients that sent or received a message.
function busy(run, withClients) {
  const {count, src, dest} = run.messages;
  const used = new Uint8Array(run.parties.length);
  for (let m = 0; m < count; m++) used[src[m]] = used[dest[m]] = 1;
  const parties = [...run.parties.keys()];
  return parties.filter((p) => {
    const role = run.parties[p].role;
    return role === "node" || used[p] && (role === "service" || withClients);
  });
}

// labelRows puts the labels of overlapping faults in different rows, and gives each label the room up to the next in its
// row.
function labelRows(faults) {
  const last = []; // the last fault in each row
  const labels = faults.map((fault) => {
    let row = last.findIndex((before) => (before.fault.end ?? Infinity) <= fault.begin);
    if (row < 0) row = Math.min(last.length, maxLabelRows - 1);
    const label = {fault, row, until: Infinity};
    if (last[row]) last[row].until = fault.begin;
    last[row] = label;
    return label;
  });
  return {labels, rows: last.length};
}
