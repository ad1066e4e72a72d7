// A node of the workload kafka: logs to which clients append, one for each key.
//
// The first node leads: it has all logs, and the other nodes pass requests on to it. So there is nothing to agree on. The price is
// that a node which cannot reach the leader cannot serve anybody.

#include <stdlib.h>
#include <string.h>

#include "maelstrom.h"

enum { POLL_LIMIT = 100 }; // messages of a key in one reply

typedef struct {
    Json *logs;      // arrays by key; an offset is an index into a log
    Json *committed; // offsets by key
} Logs;

static void pass_on(Node *node, const Message *request, const Json *reply)
{
    node_reply(node, request, json_copy(reply));
}

// lead runs a handler on the leader. On other nodes, it asks the leader and passes the reply on.
static Json *lead(Node *node, const Message *message, Json *handle(Logs *logs, const Json *body))
{
    const char *leader = node->ids[0];
    if (strcmp(node->id, leader) == 0) {
        return handle(node->state, message->body);
    }
    node_call(node, leader, json_copy(message->body), pass_on, message);
    return NULL;
}

static Json *send_to_log(Logs *l, const Json *body)
{
    const char *key = json_to_text(json_get(body, "key"));
    const Json *msg = json_get(body, "msg");
    if (key == NULL || msg == NULL) {
        return node_error(12, "key must be a string, and msg must be there");
    }
    if (json_get(l->logs, key) == NULL) {
        json_set(l->logs, key, json_array());
    }
    Json *log = json_add(json_get(l->logs, key), json_copy(msg));
    return json_set(json_object(), "offset", json_int((int64_t)log->length - 1));
}

// offsets_of returns the offsets of a request, or NULL if they are not integers by key.
static const Json *offsets_of(const Json *body)
{
    const Json *offsets = json_get(body, "offsets");
    int64_t offset;
    bool ok = json_is(offsets, JSON_OBJECT);
    for (size_t i = 0; ok && i < offsets->length; i++) {
        ok = json_to_int(offsets->items[i], &offset) && offset >= 0;
    }
    return ok ? offsets : NULL;
}

static Json *poll_logs(Logs *l, const Json *body)
{
    const Json *offsets = offsets_of(body);
    if (offsets == NULL) {
        return node_error(12, "offsets must be an object of offsets");
    }
    Json *msgs = json_object();
    for (size_t i = 0; i < offsets->length; i++) {
        const Json *log = json_get(l->logs, offsets->keys[i]);
        Json *pairs = json_array();
        int64_t offset = 0;
        json_to_int(offsets->items[i], &offset);
        for (int n = 0; log != NULL && n < POLL_LIMIT && offset < (int64_t)log->length; n++, offset++) {
            json_add(pairs, json_add(json_add(json_array(), json_int(offset)), json_copy(log->items[offset])));
        }
        json_set(msgs, offsets->keys[i], pairs);
    }
    return json_set(json_object(), "msgs", msgs);
}

static Json *commit(Logs *l, const Json *body)
{
    const Json *offsets = offsets_of(body);
    if (offsets == NULL) {
        return node_error(12, "offsets must be an object of offsets");
    }
    for (size_t i = 0; i < offsets->length; i++) {
        int64_t offset = 0, before = -1;
        json_to_int(offsets->items[i], &offset);
        json_to_int(json_get(l->committed, offsets->keys[i]), &before);
        if (offset > before) { // a late message does not take it back
            json_set(l->committed, offsets->keys[i], json_int(offset));
        }
    }
    return json_object();
}

static Json *list_committed(Logs *l, const Json *body)
{
    const Json *keys = json_get(body, "keys");
    Json *offsets = json_object();
    bool ok = json_is(keys, JSON_ARRAY);
    for (size_t i = 0; ok && i < keys->length; i++) {
        const char *key = json_to_text(keys->items[i]);
        ok = key != NULL;
        if (ok && json_get(l->committed, key) != NULL) {
            json_set(offsets, key, json_copy(json_get(l->committed, key)));
        }
    }
    if (!ok) {
        json_free(offsets);
        return node_error(12, "keys must be an array of strings");
    }
    return json_set(json_object(), "offsets", offsets);
}

static Json *on_send(Node *node, const Message *message) { return lead(node, message, send_to_log); }
static Json *on_poll(Node *node, const Message *message) { return lead(node, message, poll_logs); }
static Json *on_commit(Node *node, const Message *message) { return lead(node, message, commit); }
static Json *on_list(Node *node, const Message *message) { return lead(node, message, list_committed); }

static void free_logs(void *state)
{
    Logs *l = state;
    json_free(l->logs);
    json_free(l->committed);
    free(l);
}

void serve(Node *node)
{
    Logs *l = allocate(NULL, sizeof *l);
    *l = (Logs){.logs = json_object(), .committed = json_object()};
    node->state = l;
    node->free_state = free_logs;
    node_on(node, "send", on_send);
    node_on(node, "poll", on_poll);
    node_on(node, "commit_offsets", on_commit);
    node_on(node, "list_committed_offsets", on_list);
}
