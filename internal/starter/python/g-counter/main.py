#!/usr/bin/env python3
"""A node of the workload g-counter: clients add to any node, and soon the reads of all nodes are the sum."""

from maelstrom import Node

GOSSIP_EVERY = 0.2  # seconds


def serve(node):
    # A G-Counter (Shapiro et al. 2011): each node increases only its own total, and two copies are merged by the maximum.
    # So messages may come late, twice, or in any order, and a lost one does no harm.
    totals = {}  # what the clients of each node have added, by the id of the node

    def add(message):
        totals[node.id] = totals.get(node.id, 0) + message["body"]["delta"]
        return {}

    def merge(message):
        for id, total in message["body"]["totals"].items():
            totals[id] = max(total, totals.get(id, 0))

    def gossip():
        for id in node.ids:
            if id != node.id:
                node.send(id, {"type": "gossip", "totals": totals})

    node.on("add", add)
    node.on("read", lambda message: {"value": sum(totals.values())})
    node.on("gossip", merge)
    node.every(GOSSIP_EVERY, gossip)


if __name__ == "__main__":
    node = Node()
    serve(node)
    node.run()
