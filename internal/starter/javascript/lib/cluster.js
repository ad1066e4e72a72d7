import assert from "node:assert/strict";

import { parse, stringify } from "./json.js";
import { Node } from "./maelstrom.js";

/**
 * Nodes of a test, with all their messages. Messages between nodes arrive when
 * deliver is called.
 */
export class Cluster {
  nodes = new Map(); // by id
  #sent = [];
  #timers = [];

  constructor(serve, ...ids) {
    for (const id of ids) {
      const node = new Node(
        (line) => this.#sent.push(parse(line)),
        (callback) => this.#timers.push(callback),
      );
      serve(node);
      this.nodes.set(id, node);
      this.request(id, { type: "init", node_id: id, node_ids: ids });
    }
  }

  /**
   * Returns the body of the reply to a client's request, after messages between
   * nodes have arrived.
   */
  request(dest, body) {
    this.#sent = [];
    this.receive(dest, { src: "c1", dest, body: { ...body, msg_id: 1 } });
    this.deliver();
    const replies = this.#sent.filter((message) => message.dest === "c1");
    assert.equal(replies.length, 1);
    return replies[0].body;
  }

  deliver() {
    // Messages that follow from these ones are added meanwhile.
    for (const message of this.#sent) {
      if (this.nodes.has(message.dest)) this.receive(message.dest, message);
    }
  }

  /** Runs every timer of every node once, and delivers what they send. */
  tick() {
    this.#sent = [];
    this.#timers.forEach((callback) => callback());
    this.deliver();
  }

  receive(dest, message) {
    this.nodes.get(dest).receive(stringify(message));
  }
}
