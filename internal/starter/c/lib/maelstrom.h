// The protocol of Maelstrom: a node reads messages from stdin and writes messages to stdout, each a line of JSON.
//
// Handlers, timers and callbacks run one at a time, so a node needs no locks.
//
// If GLOMERS_CLOCK is "virtual", time is that of the harness: each line says what time it is, and the service "clock" has timers.
//
// Ownership: the node takes over bodies that it is given to send, and those that handlers return. A message that it gives to a
// handler or a callback belongs to the node, which frees it afterwards.
#ifndef MAELSTROM_H
#define MAELSTROM_H

#include "json.h"

typedef struct {
    const char *src, *dest, *type; // parts of json
    const Json *body;
    Json *json;
} Message;

typedef struct Node Node;

// A Handler returns the body of the reply, whose type is TYPE_ok unless it has one, or NULL for no reply.
typedef Json *Handler(Node *node, const Message *message);

// A Callback gets the body of a reply, perhaps that of an error, and the request that was given to node_call.
typedef void Callback(Node *node, const Message *request, const Json *reply);

typedef void Timer(Node *node);

struct Node {
    const char *id;     // of this node; NULL before it is initialized
    size_t count;       // the number of all nodes
    const char **ids;   // of all nodes, in the same order everywhere
    void *state;        // of the program
    void (*free_state)(void *state);

    // The remaining fields belong to maelstrom.c.
    void (*write)(void *context, const char *line);
    void *context;
    Json *init; // the body of the init message, which holds the ids
    struct Registration *handlers;
    struct Call *calls;
    struct Alarm *alarms;
    size_t handler_count, call_count, alarm_count;
    int64_t last_msg_id;
    bool virtual_time;
    double now; // in virtual time
};

// serve registers the handlers and timers of a program. Each program defines it.
void serve(Node *node);

// node_new returns a node that writes its lines, which do not end with a newline, with the function write.
Node *node_new(void (*write)(void *context, const char *line), void *context);
void node_free(Node *node);

// node_on registers the handler of a type of message.
void node_on(Node *node, const char *type, Handler *handler);

// node_every calls a function again and again, from the time when the node is initialized.
void node_every(Node *node, int milliseconds, Timer *timer);

// node_now returns the time in milliseconds: since 1970 or, in virtual time, since the start of the run.
double node_now(const Node *node);

// node_body returns a new body of a type, for node_send and node_call.
Json *node_body(const char *type);

// node_error returns the body of an error reply. `glomers help errors` explains the codes.
Json *node_error(int code, const char *text);

// node_send sends a message that gets no reply.
void node_send(Node *node, const char *dest, Json *body);

// node_call sends a request. When its reply comes, which may be never, the callback gets the reply, and a copy of the request for
// which this one is sent. That may be NULL.
void node_call(Node *node, const char *dest, Json *body, Callback *callback, const Message *request);

// node_reply answers a request, for handlers that returned NULL.
void node_reply(Node *node, const Message *request, Json *body);

// node_receive handles one line. What follows from it has been written when node_receive returns.
void node_receive(Node *node, const char *line, size_t length);

// node_tick calls the functions of timers that are due at a time in milliseconds, and returns the time until the next one is due;
// -1 means never, as always in virtual time.
int node_tick(Node *node, int64_t now);

// node_run handles messages and timers until stdin ends.
void node_run(Node *node);

#endif
