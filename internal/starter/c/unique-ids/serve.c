// A node of the workload unique-ids: every id that it gives out is unique among all nodes.

#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "maelstrom.h"

typedef struct {
    int64_t started; // in nanoseconds
    int64_t counter;
} Generator;

static Json *generate(Node *node, const Message *message)
{
    (void)message;
    Generator *g = node->state;
    // No other node has this node's id, the start time differs after a restart, and the counter does the rest.
    size_t size = strlen(node->id) + 64;
    char *id = allocate(NULL, size);
    snprintf(id, size, "%s-%" PRIx64 "-%" PRId64, node->id, (uint64_t)g->started, g->counter++);
    Json *body = json_set(json_object(), "id", json_string(id));
    free(id);
    return body;
}

void serve(Node *node)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    Generator *g = allocate(NULL, sizeof *g);
    *g = (Generator){.started = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec};
    node->state = g;
    node->free_state = free;
    node_on(node, "generate", generate);
}
