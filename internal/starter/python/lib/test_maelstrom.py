"""Tests of maelstrom.py: lines in, lines out."""

import json
import os
import unittest
from unittest import mock

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

    def started(self, clock, *timers):
        """Returns a node that is initialized, and the list of what it sends."""
        sent = []
        with mock.patch.dict(os.environ, GLOMERS_CLOCK=clock):
            node = Node(lambda line: sent.append(json.loads(line)))
        for timer in timers:
            node.every(0.2, timer)
        init = {"type": "init", "msg_id": 1, "node_id": "n1", "node_ids": ["n1"]}
        node.receive(json.dumps({"src": "c0", "dest": "n1", "now": 0, "body": init}))
        return node, sent

    def test_virtual_timers(self):
        times = []
        node, sent = self.started("virtual", lambda: times.append(node.now()))
        sleep = {"src": "n1", "dest": "clock", "body": {"type": "sleep", "ms": 200, "msg_id": 1}}
        self.assertIn(sleep, sent)
        self.assertEqual([], times)
        for now in [200.5, 400.5]:
            reply = {"type": "sleep_ok", "in_reply_to": sleep["body"]["msg_id"]}
            message = {"src": "clock", "dest": "n1", "now": now, "body": reply}
            for _ in range(2):  # the second one changes nothing
                node.receive(json.dumps(message))
            sleep["body"]["msg_id"] += 1
            self.assertEqual(sleep, sent[-1])
        self.assertEqual([0.2005, 0.4005], times)

    def test_idle_is_answered_after_what_precedes_it(self):
        node, sent = self.started("virtual", lambda: node.send("n2", {"type": "hello"}))
        sent.clear()
        node.receive('{"src": "clock", "dest": "n1", "now": 200, "body": {"type": "sleep_ok", "in_reply_to": 1}}')
        node.receive('{"src": "clock", "dest": "n1", "now": 200, "body": {"type": "idle", "msg_id": 7}}')
        self.assertEqual(["hello", "sleep", "idle_ok"], [m["body"]["type"] for m in sent])
        self.assertEqual({"src": "n1", "dest": "clock", "body": {"type": "idle_ok", "in_reply_to": 7}}, sent[-1])

    def test_idle_before_init(self):
        sent = []
        Node(sent.append).receive('{"src": "clock", "dest": "n1", "now": 0, "body": {"type": "idle", "msg_id": 7}}')
        self.assertEqual({"type": "idle_ok", "in_reply_to": 7}, json.loads(sent[0])["body"])

    def test_own_timers(self):
        _, sent = self.started("", lambda: None)
        self.assertEqual(["init_ok"], [m["body"]["type"] for m in sent])


if __name__ == "__main__":
    unittest.main()
