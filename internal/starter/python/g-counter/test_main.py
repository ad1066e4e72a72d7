import unittest

from main import serve
from test_maelstrom import Cluster


class Tests(unittest.TestCase):
    def test_reads_are_the_sum(self):
        c = Cluster(serve, "n1", "n2")
        for node, delta in [("n1", 3), ("n2", 4), ("n1", 0)]:
            c.request(node, {"type": "add", "delta": delta})
        for _ in range(2):  # the second round changes nothing
            c.tick()
            self.assertEqual([7, 7], [c.request(node, {"type": "read"})["value"] for node in ["n1", "n2"]])

    def test_old_messages_do_not_count_back(self):
        c = Cluster(serve, "n1", "n2")
        c.request("n1", {"type": "add", "delta": 5})
        c.tick()
        c.receive("n2", {"src": "n1", "dest": "n2", "body": {"type": "gossip", "totals": {"n1": 2}}})
        self.assertEqual(5, c.request("n2", {"type": "read"})["value"])


if __name__ == "__main__":
    unittest.main()
