// A node of the workload unique-ids: every id that it gives out is unique among all nodes.

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "maelstrom.h"

static Json *generate(Node *node, const Message *message)
{
    (void)message;
    int64_t *counter = node->state;
    // No other node has this node's id, the time is another one after a restart, and the counter does the rest.
    size_t size = strlen(node->id) + 64;
    char *id = allocate(NULL, size);
    snprintf(id, size, "%s-%f-%" PRId64, node->id, node_now(node), (*counter)++);
    Json *body = json_set(json_object(), "id", json_string(id));
    free(id);
    return body;
}

void serve(Node *node)
{
    int64_t *counter = allocate(NULL, sizeof *counter);
    *counter = 0;
    node->state = counter;
    node->free_state = free;
    node_on(node, "generate", generate);
}
