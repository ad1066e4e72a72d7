import unittest

from main import serve
from test_maelstrom import Cluster


class Tests(unittest.TestCase):
    def test_echo(self):
        c = Cluster(serve, "n1")
        for value in ["hello", 2**63, [None, {"a": 1.5}]]:
            self.assertEqual(value, c.request("n1", {"type": "echo", "echo": value})["echo"])


if __name__ == "__main__":
    unittest.main()
