import unittest

from main import serve
from test_maelstrom import Cluster


class Tests(unittest.TestCase):
    def test_one_log_for_all_nodes(self):
        c = Cluster(serve, "n1", "n2")
        offsets = [c.request(node, {"type": "send", "key": "k", "msg": node})["offset"] for node in ["n1", "n2", "n2"]]
        self.assertEqual([0, 1, 2], offsets)
        for node in ["n1", "n2"]:
            reply = c.request(node, {"type": "poll", "offsets": {"k": 1, "other": 0}})
            self.assertEqual({"k": [[1, "n2"], [2, "n2"]], "other": []}, reply["msgs"])

    def test_committed_offsets_do_not_go_back(self):
        c = Cluster(serve, "n1", "n2")
        for node, offset in [("n2", 5), ("n1", 3)]:
            c.request(node, {"type": "commit_offsets", "offsets": {"k": offset}})
        reply = c.request("n2", {"type": "list_committed_offsets", "keys": ["k", "other"]})
        self.assertEqual({"k": 5}, reply["offsets"])


if __name__ == "__main__":
    unittest.main()
