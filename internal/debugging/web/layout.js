// Layout says what is where in the space-time diagram of a view: parties have lanes, actions have columns.

// of returns {lanes, arrows, downs, cuts}: the ids of the parties; the messages, {message, from, to, outcome}, with the columns at which they were
// sent and at which they were received or lost; the times in which nodes were down; and those of partitions.
export function of({now, actions}) {
  const lanes = now.nodes.map((n) => n.id);
  const arrows = [], downs = [], cuts = [];
  const under = new Map(); // by the number of the message
  const end = actions.length;
  const lane = (id) => {
    if (!lanes.includes(id)) lanes.push(id);
  };
  actions.forEach((action, i) => {
    const arrow = under.get(action.message);
    if (arrow && (action.kind === "deliver" || action.kind === "lose")) {
      arrow.to = i;
      arrow.outcome = action.kind === "lose" || action.missing ? "lost" : "received";
      under.delete(action.message);
    }
    for (const message of action.sent) {
      lane(message.src);
      lane(message.dest);
      const sent = {message, from: i, to: end, outcome: "under way"};
      arrows.push(sent);
      under.set(message.number, sent);
    }
    if (action.kind === "kill") downs.push({node: action.node, from: i, to: end});
    if (action.kind === "start") for (const d of downs) if (d.node === action.node && d.to === end) d.to = i;
    if (action.kind === "cut") cuts.push({from: i, to: end, text: action.text});
    if (action.kind === "heal") for (const c of cuts) if (c.to === end) c.to = i;
  });
  return {lanes, arrows, downs, cuts};
}
