import unittest

from main import serve
from test_maelstrom import Cluster


class Tests(unittest.TestCase):
    def test_ids_differ(self):
        c = Cluster(serve, "n1", "n2")
        ids = [c.request(node, {"type": "generate"})["id"] for node in ["n1", "n2"] * 100]
        self.assertEqual(200, len(set(ids)))


if __name__ == "__main__":
    unittest.main()
