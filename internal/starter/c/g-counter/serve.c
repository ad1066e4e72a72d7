// A node of the workload g-counter: clients add to any node, and soon the reads of all nodes are the sum.

#include <string.h>

#include "maelstrom.h"

enum { GOSSIP_EVERY = 200 }; // milliseconds

// A G-Counter (Shapiro et al. 2011): each node increases only its own total, and two copies are merged by the maximum.
// So messages may come late, twice, or in any order, and a lost one does no harm.
//
// The state of the node is an object with the totals: what the clients of each node have added, by the id of the node.

static int64_t total_of(const Json *totals, const char *id)
{
    int64_t total = 0;
    json_to_int(json_get(totals, id), &total);
    return total;
}

// plus adds what is not negative, up to the largest integer.
static int64_t plus(int64_t a, int64_t b) { return b > INT64_MAX - a ? INT64_MAX : a + b; }

static Json *add(Node *node, const Message *message)
{
    int64_t delta;
    if (!json_to_int(json_get(message->body, "delta"), &delta) || delta < 0) {
        return node_error(12, "delta must be an integer that is not negative");
    }
    json_set(node->state, node->id, json_int(plus(total_of(node->state, node->id), delta)));
    return json_object();
}

static Json *read_sum(Node *node, const Message *message)
{
    (void)message;
    const Json *totals = node->state;
    int64_t sum = 0;
    for (size_t i = 0; i < totals->length; i++) {
        sum = plus(sum, total_of(totals, totals->keys[i]));
    }
    return json_set(json_object(), "value", json_int(sum));
}

static Json *merge(Node *node, const Message *message)
{
    const Json *totals = json_get(message->body, "totals");
    for (size_t i = 0; json_is(totals, JSON_OBJECT) && i < totals->length; i++) {
        int64_t total = total_of(totals, totals->keys[i]);
        if (total > total_of(node->state, totals->keys[i])) {
            json_set(node->state, totals->keys[i], json_int(total));
        }
    }
    return NULL;
}

static void gossip(Node *node)
{
    for (size_t i = 0; i < node->count; i++) {
        if (strcmp(node->ids[i], node->id) != 0) {
            node_send(node, node->ids[i], json_set(node_body("gossip"), "totals", json_copy(node->state)));
        }
    }
}

static void free_totals(void *state) { json_free(state); }

void serve(Node *node)
{
    node->state = json_object();
    node->free_state = free_totals;
    node_on(node, "add", add);
    node_on(node, "read", read_sum);
    node_on(node, "gossip", merge);
    node_every(node, GOSSIP_EVERY, gossip);
}
