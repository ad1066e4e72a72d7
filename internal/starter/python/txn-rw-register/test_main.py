import unittest

from main import serve
from test_maelstrom import Cluster


class Tests(unittest.TestCase):
    def test_a_transaction_sees_its_own_writes(self):
        c = Cluster(serve, "n1")
        reply = c.request("n1", {"type": "txn", "txn": [["r", 1, None], ["w", 1, 6], ["r", 1, None]]})
        self.assertEqual([["r", 1, None], ["w", 1, 6], ["r", 1, 6]], reply["txn"])

    def test_the_last_write_wins_everywhere(self):
        c = Cluster(serve, "n1", "n2")
        for node, key, value in [("n1", 1, 10), ("n2", 1, 20), ("n1", 2, 11), ("n1", 2, 12)]:
            c.request(node, {"type": "txn", "txn": [["w", key, value]]})
        for _ in range(2):  # the second round changes nothing
            c.tick()
            for node in ["n1", "n2"]:
                reply = c.request(node, {"type": "txn", "txn": [["r", 1, None], ["r", 2, None]]})
                self.assertEqual([["r", 1, 20], ["r", 2, 12]], reply["txn"], node)


if __name__ == "__main__":
    unittest.main()
