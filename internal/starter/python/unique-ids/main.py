#!/usr/bin/env python3
"""A node of the workload unique-ids: every id that it gives out is unique among all nodes."""

import itertools

from maelstrom import Node


def serve(node):
    # No other node has this node's id, the time is another one after a restart, and the counter does the rest.
    counter = itertools.count()
    node.on("generate", lambda message: {"id": f"{node.id}-{node.now()}-{next(counter)}"})


if __name__ == "__main__":
    node = Node()
    serve(node)
    node.run()
