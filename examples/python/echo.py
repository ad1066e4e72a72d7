#!/usr/bin/env python3
"""A node of the workload echo, with nothing but the standard library."""
import json
import sys

node_id = None
for line in sys.stdin:
    message = json.loads(line)
    body = message["body"]
    if body["type"] == "init":
        node_id = body["node_id"]
        reply = {"type": "init_ok"}
    elif body["type"] == "echo":
        reply = {"type": "echo_ok", "echo": body["echo"]}
    else:
        reply = {"type": "error", "code": 10, "text": "unknown type"}
    reply["in_reply_to"] = body["msg_id"]
    print(json.dumps({"src": node_id, "dest": message["src"], "body": reply}), flush=True)
