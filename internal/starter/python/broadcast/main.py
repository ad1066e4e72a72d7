#!/usr/bin/env python3
"""A node of the workload broadcast: a value that a client gives to any node is soon in the reads of all nodes."""

from maelstrom import Node

GOSSIP_EVERY = 0.2  # seconds


def serve(node):
    values, neighbours = set(), []

    def topology(message):
        neighbours[:] = message["body"]["topology"][node.id]
        return {}

    def broadcast(message):
        values.add(message["body"]["message"])
        return {}

    def gossip():
        # Each message carries the whole set. So whatever is lost, a later message has it, too.
        for neighbour in neighbours:
            node.send(neighbour, {"type": "gossip", "values": sorted(values)})

    node.on("topology", topology)
    node.on("broadcast", broadcast)
    node.on("read", lambda message: {"messages": sorted(values)})
    node.on("gossip", lambda message: values.update(message["body"]["values"]))
    node.every(GOSSIP_EVERY, gossip)


if __name__ == "__main__":
    node = Node()
    serve(node)
    node.run()
