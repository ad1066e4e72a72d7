// A node of the workload echo: it sends back what a client sends.

import { check } from "./maelstrom.js";

export function serve(node) {
  node.on("echo", ({ body }) => {
    check("echo" in body, "echo is missing");
    return { echo: body.echo };
  });
}
