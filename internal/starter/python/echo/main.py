#!/usr/bin/env python3
"""A node of the workload echo: it sends back what a client sends."""

from maelstrom import Node


def serve(node):
    node.on("echo", lambda message: {"echo": message["body"]["echo"]})


if __name__ == "__main__":
    node = Node()
    serve(node)
    node.run()
