#!/usr/bin/env python3
"""A node of the workload kafka: logs to which clients append, one for each key.

The first node leads: it has all logs, and the other nodes pass requests on to it. So there is nothing to agree on. The price is
that a node which cannot reach the leader cannot serve anybody.
"""

from maelstrom import Node

POLL_LIMIT = 100  # messages of a key in one reply


def serve(node):
    logs, committed = {}, {}  # by key; an offset is an index into a log

    def send(body):
        log = logs.setdefault(body["key"], [])
        log.append(body["msg"])
        return {"offset": len(log) - 1}

    def poll(body):
        msgs = {}
        for key, offset in body["offsets"].items():
            messages = logs.get(key, [])[offset : offset + POLL_LIMIT]
            msgs[key] = [[offset + i, message] for i, message in enumerate(messages)]
        return {"msgs": msgs}

    def commit(body):
        for key, offset in body["offsets"].items():
            committed[key] = max(offset, committed.get(key, 0))  # a late message does not take it back
        return {}

    def list_committed(body):
        return {"offsets": {key: committed[key] for key in body["keys"] if key in committed}}

    def lead(kind, handle):
        """Registers a handler that the leader runs. On other nodes, it asks the leader and passes the reply on."""

        def handler(message):
            body = message["body"]
            if node.id == node.ids[0]:
                return handle(body)
            request = {field: value for field, value in body.items() if field != "msg_id"}
            node.call(node.ids[0], request, lambda reply: node.reply(message, reply))

        node.on(kind, handler)

    lead("send", send)
    lead("poll", poll)
    lead("commit_offsets", commit)
    lead("list_committed_offsets", list_committed)


if __name__ == "__main__":
    node = Node()
    serve(node)
    node.run()
