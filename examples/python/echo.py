#!/usr/bin/env python3
"""A node of the workload echo, with nothing but the standard library."""
import json
import sys

node_id = None
for line in sys.stdin:
    message = json.loads(line)
    body = message["body"]
    reply = {"type": body["type"] + "_ok", "in_reply_to": body["msg_id"]}
    if body["type"] == "init":
        node_id = body["node_id"]
    else:
        reply["echo"] = body["echo"]
    print(json.dumps({"src": node_id, "dest": message["src"], "body": reply}), flush=True)
