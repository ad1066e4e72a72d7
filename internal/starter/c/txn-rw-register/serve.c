// A node of the workload txn-rw-register: a store of registers, with transactions.
//
// Transactions run at once on the node that gets them, one at a time, and wait for nobody. So no one sees half of another, and all
// are served while links are cut.

#include <stdlib.h>
#include <string.h>

#include "maelstrom.h"

enum { GOSSIP_EVERY = 200 }; // milliseconds

// The last write of a register wins on all nodes, by a Lamport clock (Lamport 1978). Equal clocks are ordered by the node's id.
typedef struct {
    Json *registers; // by key; each is a version: an array of clock, node id and value
    int64_t clock;   // the highest one that was seen
} Store;

enum { CLOCK, NODE_ID, VALUE, VERSION_LENGTH };

static bool is_version(const Json *version, int64_t *clock)
{
    return json_is(version, JSON_ARRAY) && version->length == VERSION_LENGTH && json_to_int(version->items[CLOCK], clock) &&
           json_to_text(version->items[NODE_ID]) != NULL;
}

// is_later compares two versions of a register.
static bool is_later(const Json *a, const Json *b)
{
    int64_t a_clock = 0, b_clock = 0;
    json_to_int(a->items[CLOCK], &a_clock);
    json_to_int(b->items[CLOCK], &b_clock);
    if (a_clock != b_clock) {
        return a_clock > b_clock;
    }
    return strcmp(a->items[NODE_ID]->text, b->items[NODE_ID]->text) > 0;
}

// run_operation returns what an operation of a transaction has done, for the reply: an array of r or w, key and value.
static Json *run_operation(Store *s, const char *id, const Json *operation)
{
    Json *done = json_copy(operation);
    char *key = json_print(operation->items[1]);
    const Json *version = json_get(s->registers, key);
    if (strcmp(operation->items[0]->text, "w") == 0) {
        Json *written = json_add(json_add(json_array(), json_int(s->clock)), json_string(id));
        json_set(s->registers, key, json_add(written, json_copy(operation->items[2])));
    } else if (version != NULL) {
        json_free(done->items[2]);
        done->items[2] = json_copy(version->items[VALUE]);
    }
    free(key);
    return done;
}

static bool is_transaction(const Json *txn)
{
    bool ok = json_is(txn, JSON_ARRAY);
    for (size_t i = 0; ok && i < txn->length; i++) {
        const Json *operation = txn->items[i];
        ok = json_is(operation, JSON_ARRAY) && operation->length == 3 && json_is(operation->items[0], JSON_STRING) &&
             (strcmp(operation->items[0]->text, "r") == 0 || strcmp(operation->items[0]->text, "w") == 0);
    }
    return ok;
}

static Json *txn(Node *node, const Message *message)
{
    Store *s = node->state;
    const Json *operations = json_get(message->body, "txn");
    if (!is_transaction(operations)) {
        return node_error(12, "txn must be an array of operations");
    }
    s->clock++;
    Json *done = json_array();
    for (size_t i = 0; i < operations->length; i++) {
        json_add(done, run_operation(s, node->id, operations->items[i]));
    }
    return json_set(json_object(), "txn", done);
}

static Json *merge(Node *node, const Message *message)
{
    Store *s = node->state;
    const Json *registers = json_get(message->body, "registers");
    for (size_t i = 0; json_is(registers, JSON_OBJECT) && i < registers->length; i++) {
        const char *key = registers->keys[i];
        const Json *version = registers->items[i], *mine = json_get(s->registers, key);
        int64_t clock;
        if (!is_version(version, &clock)) {
            continue;
        }
        s->clock = clock > s->clock ? clock : s->clock;
        if (mine == NULL || is_later(version, mine)) {
            json_set(s->registers, key, json_copy(version));
        }
    }
    return NULL;
}

static void gossip(Node *node)
{
    Store *s = node->state;
    // Each message carries everything. So whatever is lost, a later message has it, too.
    for (size_t i = 0; i < node->count; i++) {
        if (strcmp(node->ids[i], node->id) != 0) {
            node_send(node, node->ids[i], json_set(node_body("gossip"), "registers", json_copy(s->registers)));
        }
    }
}

static void free_store(void *state)
{
    Store *s = state;
    json_free(s->registers);
    free(s);
}

void serve(Node *node)
{
    Store *s = allocate(NULL, sizeof *s);
    *s = (Store){.registers = json_object()};
    node->state = s;
    node->free_state = free_store;
    node_on(node, "txn", txn);
    node_on(node, "gossip", merge);
    node_every(node, GOSSIP_EVERY, gossip);
}
