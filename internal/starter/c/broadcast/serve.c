// A node of the workload broadcast: a value that a client gives to any node is soon in the reads of all nodes.

#include <stdlib.h>
#include <string.h>

#include "maelstrom.h"

enum { GOSSIP_EVERY = 200 }; // milliseconds

typedef struct {
    int64_t *values; // in ascending order
    size_t count, capacity;
    Json *neighbours;
} Replica;

static void add(Replica *r, int64_t value)
{
    size_t low = 0, high = r->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->values[middle] < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < r->count && r->values[low] == value) {
        return;
    }
    if (r->count == r->capacity) {
        r->capacity = 2 * r->capacity + 16;
        r->values = allocate(r->values, r->capacity * sizeof *r->values);
    }
    memmove(r->values + low + 1, r->values + low, (r->count - low) * sizeof *r->values);
    r->values[low] = value;
    r->count++;
}

static Json *all_values(const Replica *r)
{
    Json *values = json_array();
    for (size_t i = 0; i < r->count; i++) {
        json_add(values, json_int(r->values[i]));
    }
    return values;
}

static Json *topology(Node *node, const Message *message)
{
    Replica *r = node->state;
    const Json *neighbours = json_get(json_get(message->body, "topology"), node->id);
    bool ok = json_is(neighbours, JSON_ARRAY);
    for (size_t i = 0; ok && i < neighbours->length; i++) {
        ok = json_to_text(neighbours->items[i]) != NULL;
    }
    if (!ok) {
        return node_error(12, "topology must have an array of strings for this node");
    }
    json_free(r->neighbours);
    r->neighbours = json_copy(neighbours);
    return json_object();
}

static Json *broadcast(Node *node, const Message *message)
{
    int64_t value;
    if (!json_to_int(json_get(message->body, "message"), &value)) {
        return node_error(12, "message must be an integer");
    }
    add(node->state, value);
    return json_object();
}

static Json *read_all(Node *node, const Message *message)
{
    (void)message;
    return json_set(json_object(), "messages", all_values(node->state));
}

static Json *merge(Node *node, const Message *message)
{
    const Json *values = json_get(message->body, "values");
    int64_t value;
    for (size_t i = 0; json_is(values, JSON_ARRAY) && i < values->length; i++) {
        if (json_to_int(values->items[i], &value)) {
            add(node->state, value);
        }
    }
    return NULL;
}

static void gossip(Node *node)
{
    Replica *r = node->state;
    // Each message carries the whole set. So whatever is lost, a later message has it, too.
    for (size_t i = 0; i < r->neighbours->length; i++) {
        const char *neighbour = json_to_text(r->neighbours->items[i]);
        node_send(node, neighbour, json_set(node_body("gossip"), "values", all_values(r)));
    }
}

static void free_replica(void *state)
{
    Replica *r = state;
    free(r->values);
    json_free(r->neighbours);
    free(r);
}

void serve(Node *node)
{
    Replica *r = allocate(NULL, sizeof *r);
    *r = (Replica){.neighbours = json_array()};
    node->state = r;
    node->free_state = free_replica;
    node_on(node, "topology", topology);
    node_on(node, "broadcast", broadcast);
    node_on(node, "read", read_all);
    node_on(node, "gossip", merge);
    node_every(node, GOSSIP_EVERY, gossip);
}
