"""Tests of maelstrom.py: lines in, lines out."""

import json
import unittest

from maelstrom import Error, Node


class Cluster:
    """Nodes of a test, with all their messages. Messages between nodes arrive when deliver is called."""

    def __init__(self, serve, *ids):
        self.sent, self.nodes = [], {}
        for id in ids:
            self.nodes[id] = Node(lambda line: self.sent.append(json.loads(line)))
            serve(self.nodes[id])
            self.request(id, {"type": "init", "node_id": id, "node_ids": list(ids)})

    def request(self, dest, body):
        """Returns the body of the reply to a client's request, after messages between nodes have arrived."""
        self.sent.clear()
        self.receive(dest, {"src": "c1", "dest": dest, "body": {**body, "msg_id": 1}})
        self.deliver()
        replies = [m["body"] for m in self.sent if m["dest"] == "c1"]
        assert len(replies) == 1, replies
        return replies[0]

    def deliver(self):
        for message in self.sent:  # also those that follow
            if message["dest"] in self.nodes:
                self.receive(message["dest"], message)

    def tick(self):
        """Runs every timer of every node once, and delivers what they send."""
        self.sent.clear()
        for node in self.nodes.values():
            for _, _, function in node._timers:
                function()
        self.deliver()

    def receive(self, dest, message):
        self.nodes[dest].receive(json.dumps(message))


class Tests(unittest.TestCase):
    def test_replies(self):
        def serve(node):
            node.on("double", lambda message: {"value": 2 * message["body"]["value"]})
            node.on("fail", refuse)

        def refuse(message):
            raise Error(22, "precondition failed")

        c = Cluster(serve, "n1")
        self.assertEqual({"type": "double_ok", "value": 6, "in_reply_to": 1}, c.request("n1", {"type": "double", "value": 3}))
        self.assertEqual(22, c.request("n1", {"type": "fail"})["code"])
        self.assertEqual(10, c.request("n1", {"type": "unknown"})["code"])

    def test_errors_do_not_end_the_node(self):
        c = Cluster(lambda node: node.on("divide", lambda message: {"value": 1 // message["body"]["by"]}), "n1")
        self.assertEqual(13, c.request("n1", {"type": "divide", "by": 0})["code"])
        for line in ["", "{", "[]", '{"body": 1}', '{"body": {}}']:
            c.nodes["n1"].receive(line)
        self.assertEqual(1, c.request("n1", {"type": "divide", "by": 1})["value"])

    def test_calls(self):
        def serve(node):
            node.on("who", lambda message: {"id": node.id})
            node.on("ask", lambda message: node.call("n2", {"type": "who"}, lambda body: node.reply(message, {"id": body["id"]})))

        c = Cluster(serve, "n1", "n2")
        self.assertEqual({"type": "ask_ok", "id": "n2", "in_reply_to": 1}, c.request("n1", {"type": "ask"}))
        c.nodes["n1"].receive('{"src": "n2", "dest": "n1", "body": {"type": "who_ok", "in_reply_to": 1, "id": "again"}}')


if __name__ == "__main__":
    unittest.main()
