import unittest

from main import serve
from test_maelstrom import Cluster


class Tests(unittest.TestCase):
    def test_values_reach_everybody(self):
        c = Cluster(serve, "n1", "n2", "n3")
        line = {"n1": ["n2"], "n2": ["n1", "n3"], "n3": ["n2"]}
        for node in line:
            c.request(node, {"type": "topology", "topology": line})
        c.request("n1", {"type": "broadcast", "message": 7})
        c.request("n3", {"type": "broadcast", "message": 8})
        self.assertEqual([7], c.request("n1", {"type": "read"})["messages"])
        c.tick()
        c.tick()
        for node in line:
            self.assertEqual([7, 8], c.request(node, {"type": "read"})["messages"])


if __name__ == "__main__":
    unittest.main()
