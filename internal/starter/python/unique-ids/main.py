#!/usr/bin/env python3
"""A node of the workload unique-ids: every id that it gives out is unique among all nodes."""

import itertools
import time

from maelstrom import Node


def serve(node):
    # No other node has this node's id, the start time differs after a restart, and the counter does the rest.
    started, counter = time.time_ns(), itertools.count()
    node.on("generate", lambda message: {"id": f"{node.id}-{started:x}-{next(counter)}"})


if __name__ == "__main__":
    node = Node()
    serve(node)
    node.run()
