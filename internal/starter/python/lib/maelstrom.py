"""The protocol of Maelstrom: a node reads messages from stdin and writes messages to stdout, each a line of JSON.

Handlers, timers and callbacks run one at a time, so a node needs no locks.

If GLOMERS_CLOCK is "virtual", time is that of the harness: each line says what time it is, and the service "clock" has timers.
"""

import json
import os
import queue
import sys
import threading
import time
import traceback


class Error(Exception):
    """An error reply. `glomers help errors` explains the codes."""

    def __init__(self, code, text):
        super().__init__(text)
        self.body = {"type": "error", "code": code, "text": text}


class Node:
    def __init__(self, write=lambda line: print(line, flush=True)):
        self.id, self.ids = None, []  # of this node; of all nodes, in the same order everywhere
        self._write = write  # takes one line
        self._handlers = {"init": self._init, "idle": lambda message: {}}  # "idle" asks whether all that was asked for is done
        self._callbacks = {}  # by the msg_id of the request
        self._timers = []  # lists of the time when it is due, the interval in seconds, and the function
        self._last_msg_id = 0
        self._virtual = os.environ.get("GLOMERS_CLOCK") == "virtual"
        self._now = 0.0  # in virtual time

    def on(self, kind, handler):
        """Registers the handler of a type of message: a function of the message, a dict with src, dest and body.
        It returns the body of the reply, whose type is KIND_ok unless it has one, or None for no reply. It may raise Error."""
        self._handlers[kind] = handler

    def every(self, seconds, function):
        """Calls a function again and again, from the time when the node is initialized."""
        self._timers.append([None, seconds, function])
        if self._virtual and self.id is not None:
            self._sleep(seconds, function)

    def now(self):
        """Returns the time in seconds: since 1970 or, in virtual time, since the start of the run."""
        return self._now if self._virtual else time.time()

    def send(self, dest, body):
        """Sends a message that gets no reply."""
        self._send(self.id, dest, body)

    def call(self, dest, body, callback):
        """Sends a request. When its reply comes, which may be never, the callback gets the body, perhaps that of an error."""
        self._last_msg_id += 1
        self._callbacks[self._last_msg_id] = callback
        self.send(dest, {**body, "msg_id": self._last_msg_id})

    def reply(self, request, body):
        """Answers a request, for handlers that returned None."""
        msg_id = request["body"].get("msg_id")
        if msg_id is not None:
            self._send(request["dest"], request["src"], {"type": request["body"]["type"] + "_ok", **body, "in_reply_to": msg_id})

    def receive(self, line):
        """Handles one line. What follows from it has been written when receive returns."""
        try:
            message = json.loads(line)
            body, kind = message["body"], message["body"]["type"]
            if not all(isinstance(word, str) for word in [message["src"], message["dest"], kind]):
                raise ValueError("src, dest and type must be strings")
            if self._virtual:
                self._now = message["now"] / 1000
        except (ValueError, TypeError, KeyError) as e:
            print(f"not a message ({e!r}): {line.strip()[:200]}", file=sys.stderr)
            return
        if "in_reply_to" in body:
            callback = self._callbacks.pop(body["in_reply_to"], None)
            if callback:  # otherwise it is the second reply
                callback(body)
            return
        try:
            if kind not in self._handlers:
                raise Error(10, f"this node does not understand {kind}")
            if self.id is None and kind not in ["init", "idle"]:
                raise Error(11, "this node has not been initialized")
            answer = self._handlers[kind](message)
        except Error as e:
            answer = e.body
        except Exception as e:  # the node goes on
            traceback.print_exc()
            answer = Error(13, repr(e)).body
        if answer is not None:
            self.reply(message, answer)

    def run(self):
        """Handles messages and timers until stdin ends."""
        if self._virtual:  # a timer is a message, too
            for line in sys.stdin:
                self.receive(line)
            return
        lines = queue.Queue()
        threading.Thread(target=self._read, args=(lines,), daemon=True).start()
        while True:
            now = time.monotonic()
            for timer in self._timers if self.id else []:
                if timer[0] is None or timer[0] <= now:
                    timer[0] = now + timer[1]
                    timer[2]()
            due = [timer[0] for timer in self._timers if timer[0] is not None]
            try:
                line = lines.get(timeout=max(0, min(due) - time.monotonic()) if due else None)
            except queue.Empty:
                continue
            if line is None:
                return
            self.receive(line)

    def _sleep(self, seconds, function):
        """Lets the service clock call a function again and again."""

        def wake(reply):
            function()
            self._sleep(seconds, function)

        self.call("clock", {"type": "sleep", "ms": 1000 * seconds}, wake)

    def _send(self, src, dest, body):
        self._write(json.dumps({"src": src, "dest": dest, "body": body}))

    @staticmethod
    def _read(lines):
        for line in sys.stdin:
            lines.put(line)
        lines.put(None)

    def _init(self, message):
        self.id, self.ids = message["body"]["node_id"], message["body"]["node_ids"]
        for _, seconds, function in self._timers if self._virtual else []:
            self._sleep(seconds, function)
        return {}
