#include "cluster.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// quoted returns a new value, from JSON with ' instead of ".
static Json *quoted(const char *text)
{
    size_t length = strlen(text);
    char *copy = strcpy(allocate(NULL, length + 1), text);
    for (char *c = copy; (c = strchr(c, '\'')) != NULL;) {
        *c = '"';
    }
    Json *value = json_parse(copy, length);
    assert(value != NULL);
    free(copy);
    return value;
}

static void write_line(void *context, const char *line)
{
    Cluster *c = context;
    Json *message = json_parse(line, strlen(line));
    assert(message != NULL);
    json_add(c->sent, message);
}

static void clear(Cluster *c)
{
    json_free(c->sent);
    c->sent = json_array();
}

static Node *find_node(Cluster *c, const char *id)
{
    for (int i = 0; i < c->count; i++) {
        if (c->nodes[i]->id != NULL && strcmp(c->nodes[i]->id, id) == 0) {
            return c->nodes[i];
        }
    }
    return NULL;
}

static void receive(Node *node, const Json *message)
{
    char *line = json_print(message);
    node_receive(node, line, strlen(line));
    free(line);
}

// deliver delivers messages between nodes, also those that follow.
static void deliver(Cluster *c)
{
    for (size_t i = 0; i < c->sent->length; i++) {
        Node *node = find_node(c, json_to_text(json_get(c->sent->items[i], "dest")));
        if (node != NULL) {
            receive(node, c->sent->items[i]);
        }
    }
}

static Json *request(Cluster *c, Node *node, const char *dest, Json *body)
{
    Json *message = json_set(quoted("{'src':'c1'}"), "dest", json_string(dest));
    json_set(message, "body", json_set(body, "msg_id", json_int(1)));
    clear(c);
    receive(node, message);
    json_free(message);
    deliver(c);
    Json *reply = NULL;
    for (size_t i = 0; i < c->sent->length; i++) {
        const Json *sent = c->sent->items[i];
        if (strcmp(json_to_text(json_get(sent, "dest")), "c1") == 0) {
            assert(reply == NULL);
            reply = json_copy(json_get(sent, "body"));
        }
    }
    assert(reply != NULL);
    return reply;
}

Cluster *cluster_new(void (*serve)(Node *node), int count)
{
    Cluster *c = allocate(NULL, sizeof *c);
    *c = (Cluster){.sent = json_array(), .nodes = allocate(NULL, (size_t)count * sizeof(Node *)), .count = count};
    Json *ids = json_array();
    for (int i = 0; i < count; i++) {
        char id[16];
        snprintf(id, sizeof id, "n%d", i + 1);
        json_add(ids, json_string(id));
        c->nodes[i] = node_new(write_line, c);
        serve(c->nodes[i]);
    }
    for (int i = 0; i < count; i++) {
        const char *id = json_to_text(ids->items[i]);
        Json *body = json_set(node_body("init"), "node_id", json_string(id));
        json_free(request(c, c->nodes[i], id, json_set(body, "node_ids", json_copy(ids))));
    }
    json_free(ids);
    return c;
}

void cluster_free(Cluster *c)
{
    for (int i = 0; i < c->count; i++) {
        node_free(c->nodes[i]);
    }
    free(c->nodes);
    json_free(c->sent);
    free(c);
}

Json *cluster_request(Cluster *c, const char *dest, const char *body)
{
    return request(c, find_node(c, dest), dest, quoted(body));
}

void cluster_expect(Cluster *c, const char *dest, const char *body, const char *reply)
{
    Json *got = cluster_request(c, dest, body);
    Json *want = json_set(quoted(reply), "in_reply_to", json_int(1));
    char *got_text = json_print(got), *want_text = json_print(want);
    if (strcmp(got_text, want_text) != 0) {
        fprintf(stderr, "%s to %s: got %s, want %s\n", body, dest, got_text, want_text);
        exit(1);
    }
    free(got_text);
    free(want_text);
    json_free(got);
    json_free(want);
}

void cluster_tick(Cluster *c)
{
    clear(c);
    c->now += 3600 * 1000; // by then, every timer is due
    for (int i = 0; i < c->count; i++) {
        node_tick(c->nodes[i], c->now);
    }
    deliver(c);
}

void cluster_receive(Cluster *c, const char *dest, const char *line)
{
    Json *message = quoted(line);
    receive(find_node(c, dest), message);
    json_free(message);
}
