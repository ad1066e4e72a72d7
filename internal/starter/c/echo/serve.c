// A node of the workload echo: it sends back what a client sends.

#include "maelstrom.h"

static Json *echo(Node *node, const Message *message)
{
    (void)node;
    const Json *value = json_get(message->body, "echo");
    if (value == NULL) {
        return node_error(12, "echo is missing");
    }
    return json_set(json_object(), "echo", json_copy(value));
}

void serve(Node *node) { node_on(node, "echo", echo); }
