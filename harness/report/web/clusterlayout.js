// ClusterLayout places the nodes of a cluster on an ellipse, the services in its middle, and the clients of each node
// together at one dot outside.

// of returns a layout of the given width: {width, height, places: [{x, y, ux, uy}], roomy}. Places are indexed by party; u
// is the direction away from the middle. The layout is roomy if each node's figures fit beside the node.
export function of(run, width) {
  const nodes = withRole(run, "node"), services = withRole(run, "service");
  const alone = nodes.length === 1 && services.length === 0;
  const height = alone ? 160 : Math.round(Math.max(380, Math.min(600, width * 0.55)));
  const room = 2 * Math.PI * Math.min(width / 2 - 86, height / 2 - 62) / Math.max(1, nodes.length);
  const roomy = alone || room >= 50; // CSS pixels between neighbours
  const ry = height / 2 - (roomy ? 62 : 46);
  const rx = Math.max(70, Math.min(width / 2 - (roomy ? 86 : 46), ry * 1.7));
  const [cx, cy] = [width / 2, height / 2];
  const places = new Array(run.parties.length).fill(null);
  nodes.forEach((p, i) => {
    const angle = i / nodes.length * 2 * Math.PI - Math.PI / 2;
    const [ux, uy] = [Math.cos(angle), Math.sin(angle)];
    places[p] = alone ? {x: cx, y: cy, ux, uy} : {x: cx + rx * ux, y: cy + ry * uy, ux, uy};
  });
  services.forEach((p, i) => {
    places[p] = {x: cx + (i - (services.length - 1) / 2) * Math.min(90, rx / services.length), y: cy, ux: 0, uy: 1};
  });
  for (const [p, node] of nodesOfClients(run)) {
    const {x, y, ux, uy} = places[node];
    places[p] = {x: x + 24 * ux, y: y + 24 * uy, ux, uy};
  }
  return {width, height, places, roomy};
}

function withRole(run, role) {
  return [...run.parties.keys()].filter((p) => run.parties[p].role === role);
}

// nodesOfClients returns the node to which each client talks.
function nodesOfClients(run) {
  const {count, src, dest} = run.messages;
  const nodes = new Map();
  for (let m = 0; m < count; m++) {
    for (const [client, node] of [[src[m], dest[m]], [dest[m], src[m]]]) {
      const known = nodes.has(client);
      if (!known && run.parties[client].role === "client" && run.parties[node].role === "node") nodes.set(client, node);
    }
  }
  return nodes;
}
