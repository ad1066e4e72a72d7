// Nodes of a test, in memory. Messages and their bodies are written with ' instead of ", which would need a backslash in C.
#ifndef CLUSTER_H
#define CLUSTER_H

#include "maelstrom.h"

typedef struct {
    Json *sent; // all messages since the last request or tick
    Node **nodes;
    int count;
    int64_t now; // in milliseconds
} Cluster;

// cluster_new returns a cluster of the nodes n1, n2, …, which are initialized.
Cluster *cluster_new(void (*serve)(Node *node), int count);
void cluster_free(Cluster *c);

// cluster_request returns the body of the reply to a client's request, after messages between nodes have arrived.
Json *cluster_request(Cluster *c, const char *dest, const char *body);

// cluster_expect ends the test unless the request gets the reply, of which in_reply_to is left out.
void cluster_expect(Cluster *c, const char *dest, const char *body, const char *reply);

// cluster_tick runs every timer of every node once, and delivers what they send.
void cluster_tick(Cluster *c);

// cluster_receive gives a line to a node.
void cluster_receive(Cluster *c, const char *dest, const char *line);

// The tests.
void test_json(void);
void test_maelstrom(void);
void test_serve(void);

#endif
