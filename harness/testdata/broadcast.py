"""A broadcast node in Python 3, with nothing but the standard library.

It tells all others each new value at once, and a random one everything it has
five times a second, for those that were cut off.
"""

import json
import random
import sys
import threading
import time

lock = threading.Lock()  # guards stdout and values
values = set()
me, peers = None, []


def send(dest, body):
    print(json.dumps({"src": me, "dest": dest, "body": body}), flush=True)


def gossip():
    while True:
        time.sleep(0.2)
        with lock:
            if peers:
                send(random.choice(peers), {"type": "gossip", "values": sorted(values)})


def handle(src, body):
    global me, peers
    reply = {"type": body["type"] + "_ok"}
    if body["type"] == "init":
        me = body["node_id"]
        peers = [n for n in body["node_ids"] if n != me]
    elif body["type"] == "broadcast":
        values.add(body["message"])
        for peer in peers:
            send(peer, {"type": "gossip", "values": [body["message"]]})
    elif body["type"] == "read":
        reply["messages"] = sorted(values)
    elif body["type"] == "gossip":
        values.update(body["values"])
        return
    send(src, reply | {"in_reply_to": body["msg_id"]})


threading.Thread(target=gossip, daemon=True).start()
for line in sys.stdin:
    message = json.loads(line)
    with lock:
        handle(message["src"], message["body"])
