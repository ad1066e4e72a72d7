// The protocol of Maelstrom: a node reads messages from stdin and writes
// messages to stdout, each a line of JSON.
//
// Handlers, timers and callbacks run one at a time, so a node needs no locks.
//
// If GLOMERS_CLOCK is "virtual", time is that of the harness: each line says
// what time it is, and the service "clock" has timers.

import { parse, stringify } from "./json.js";

/** An error reply. `glomers help errors` explains the codes. */
export class RPCError extends Error {
  constructor(code, text) {
    super(text);
    this.body = { type: "error", code, text };
  }
}

/** Refuses a request whose fields are not as they must be, with error 12. */
export function check(ok, text) {
  if (!ok) throw new RPCError(12, text);
}

/**
 * @typedef {{type: string, msg_id?: unknown, in_reply_to?: unknown}} Body
 * @typedef {{src: string, dest: string, body: Body}} Message
 */

export class Node {
  /** @type {string | null} */
  id = null; // of this node
  /** @type {string[]} */
  ids = []; // of all nodes, in the same order everywhere

  #handlers = new Map([
    ["init", (message) => this.#init(message)],
    ["idle", () => ({})], // asks whether all that was asked for is done
  ]);
  #callbacks = new Map(); // by the msg_id of the request
  #timers = []; // that start when the node is initialized
  #lastMsgId = 0;
  #virtual = process.env.GLOMERS_CLOCK === "virtual";
  #now = 0; // in virtual time
  #write;
  #startTimer;

  /**
   * @param {(line: string) => void} write writes a line
   * @param {(callback: () => void, milliseconds: number) => void} startTimer
   *   calls a function again and again; virtual time does not need it
   */
  constructor(
    write = (line) => process.stdout.write(`${line}\n`),
    startTimer = (callback, milliseconds) =>
      setInterval(callback, milliseconds).unref(), // ends with stdin
  ) {
    this.#write = write;
    this.#startTimer = startTimer;
  }

  /**
   * Registers the handler of a type of message. It returns the body of the
   * reply, whose type is KIND_ok unless it has one, or nothing for no reply. It
   * may throw an RPCError.
   * @param {string} kind
   * @param {(message: Message) => object | undefined} handler
   */
  on(kind, handler) {
    this.#handlers.set(kind, handler);
  }

  /**
   * Calls a function again and again, from the time when the node is
   * initialized.
   */
  every(milliseconds, callback) {
    if (this.id === null) this.#timers.push([milliseconds, callback]);
    else if (this.#virtual) this.#sleep(callback, milliseconds);
    else this.#startTimer(callback, milliseconds);
  }

  /**
   * Returns the time in milliseconds: since 1970 or, in virtual time, since the
   * start of the run.
   */
  now() {
    return this.#virtual ? this.#now : Date.now();
  }

  /** Sends a message that gets no reply. */
  send(dest, body) {
    this.#send(this.id, dest, body);
  }

  /**
   * Sends a request. When its reply comes, which may be never, the callback
   * gets the body, perhaps that of an error.
   */
  call(dest, body, callback) {
    const msgId = ++this.#lastMsgId;
    this.#callbacks.set(msgId, callback);
    this.send(dest, { ...body, msg_id: msgId });
  }

  /** Answers a request, for handlers that returned nothing. */
  reply(request, body) {
    const { type, msg_id: msgId } = request.body;
    if (msgId == null) return;
    this.#send(request.dest, request.src, {
      type: `${type}_ok`,
      ...body,
      in_reply_to: msgId,
    });
  }

  /**
   * Handles one line. What follows from it has been written when receive
   * returns.
   */
  receive(line) {
    let message;
    try {
      message = parse(line);
      const words = [message.src, message.dest, message.body.type];
      if (!words.every((word) => typeof word === "string")) {
        throw new TypeError("src, dest and type must be strings");
      }
    } catch (error) {
      console.error(`not a message (${error.message}): ${line.slice(0, 200)}`);
      return;
    }
    if (this.#virtual) this.#now = message.now;
    if ("in_reply_to" in message.body) this.#finish(message.body);
    else this.#handle(message);
  }

  /** Handles messages and timers until stdin ends. */
  run() {
    let rest = ""; // the beginning of a line
    // The promises that a line has resolved are handled before the next line.
    const receive = (line) => setImmediate(() => this.receive(line));
    process.stdin.setEncoding("utf8");
    process.stdin.on("data", (chunk) => {
      const lines = chunk.split("\n");
      lines[0] = rest + lines[0];
      rest = lines.pop();
      lines.forEach(receive);
    });
    process.stdin.on("end", () => {
      if (rest) receive(rest);
    });
  }

  #handle(message) {
    const { type } = message.body;
    const handler = this.#handlers.get(type);
    try {
      if (!handler) {
        throw new RPCError(10, `this node does not understand ${type}`);
      }
      if (this.id === null && !["init", "idle"].includes(type)) {
        throw new RPCError(11, "this node has not been initialized");
      }
      const answer = handler(message);
      if (answer) this.reply(message, answer);
    } catch (error) {
      if (!(error instanceof RPCError)) {
        console.error(error); // the node goes on
        error = new RPCError(13, String(error));
      }
      this.reply(message, error.body);
    }
  }

  #finish(reply) {
    const callback = this.#callbacks.get(reply.in_reply_to);
    this.#callbacks.delete(reply.in_reply_to);
    callback?.(reply); // otherwise it is the second reply
  }

  /** Lets the service clock call a function again and again. */
  #sleep(callback, milliseconds) {
    this.call("clock", { type: "sleep", ms: milliseconds }, () => {
      callback();
      this.#sleep(callback, milliseconds);
    });
  }

  #send(src, dest, body) {
    this.#write(stringify({ src, dest, body }));
  }

  #init({ body }) {
    check(
      typeof body.node_id === "string" && Array.isArray(body.node_ids),
      "init has a node_id and a list of node_ids",
    );
    [this.id, this.ids] = [body.node_id, body.node_ids];
    for (const timer of this.#timers.splice(0)) this.every(...timer);
    return {};
  }
}
