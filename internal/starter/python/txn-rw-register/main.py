#!/usr/bin/env python3
"""A node of the workload txn-rw-register: a store of registers, with transactions.

Transactions run at once on the node that gets them, one at a time, and wait for nobody. So no one sees half of another, and all are
served while links are cut.
"""

from maelstrom import Node

GOSSIP_EVERY = 0.2  # seconds


def serve(node):
    # The last write of a register wins on all nodes, by a Lamport clock (Lamport 1978). Equal clocks are ordered by the node's id.
    registers = {}  # lists of clock, node id and value, by key
    clock = 0  # the highest one that was seen

    def txn(message):
        nonlocal clock
        clock += 1
        done = []
        for f, key, value in message["body"]["txn"]:
            if f == "w":
                registers[str(key)] = [clock, node.id, value]
            elif str(key) in registers:
                value = registers[str(key)][2]
            done.append([f, key, value])
        return {"txn": done}

    def merge(message):
        nonlocal clock
        for key, version in message["body"]["registers"].items():
            clock = max(clock, version[0])
            if key not in registers or version[:2] > registers[key][:2]:
                registers[key] = version

    def gossip():
        # Each message carries everything. So whatever is lost, a later message has it, too.
        for id in node.ids:
            if id != node.id:
                node.send(id, {"type": "gossip", "registers": registers})

    node.on("txn", txn)
    node.on("gossip", merge)
    node.every(GOSSIP_EVERY, gossip)


if __name__ == "__main__":
    node = Node()
    serve(node)
    node.run()
