#define _POSIX_C_SOURCE 200809L

#include "maelstrom.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct Registration {
    const char *type;
    Handler *handler;
};

struct Call {
    int64_t msg_id;
    Callback *callback;
    Json *request;
};

struct Alarm {
    int64_t due, interval; // in milliseconds
    Timer *timer;
    int64_t sleep_id; // in virtual time, the msg_id of the request to the clock
};

// read_message takes a message apart. It returns false if the value is not a message.
static bool read_message(Json *json, Message *m)
{
    m->json = json;
    m->src = json_to_text(json_get(json, "src"));
    m->dest = json_to_text(json_get(json, "dest"));
    m->body = json_get(json, "body");
    m->type = json_to_text(json_get(m->body, "type"));
    return m->src != NULL && m->dest != NULL && m->type != NULL;
}

static void sleep_again(Node *node, size_t i);

static Json *handle_idle(Node *node, const Message *message)
{
    (void)node, (void)message;
    return json_object(); // all that was asked for before is done
}

static Json *handle_init(Node *node, const Message *message)
{
    const char *id = json_to_text(json_get(message->body, "node_id"));
    const Json *ids = json_get(message->body, "node_ids");
    bool ok = id != NULL && json_is(ids, JSON_ARRAY) && ids->length > 0;
    for (size_t i = 0; ok && i < ids->length; i++) {
        ok = json_to_text(ids->items[i]) != NULL;
    }
    if (!ok) {
        return node_error(12, "node_id must be a string, and node_ids an array of strings");
    }
    json_free(node->init);
    node->init = json_copy(message->body);
    ids = json_get(node->init, "node_ids");
    node->id = json_to_text(json_get(node->init, "node_id"));
    node->count = ids->length;
    node->ids = allocate(node->ids, ids->length * sizeof *node->ids);
    for (size_t i = 0; i < ids->length; i++) {
        node->ids[i] = json_to_text(ids->items[i]);
    }
    for (size_t i = 0; node->virtual_time && i < node->alarm_count; i++) {
        sleep_again(node, i);
    }
    return json_object();
}

Node *node_new(void (*write)(void *context, const char *line), void *context)
{
    Node *node = allocate(NULL, sizeof *node);
    const char *clock = getenv("GLOMERS_CLOCK");
    *node = (Node){.write = write, .context = context, .virtual_time = clock != NULL && strcmp(clock, "virtual") == 0};
    node_on(node, "init", handle_init);
    node_on(node, "idle", handle_idle);
    return node;
}

void node_free(Node *node)
{
    if (node->free_state != NULL) {
        node->free_state(node->state);
    }
    for (size_t i = 0; i < node->call_count; i++) {
        json_free(node->calls[i].request);
    }
    json_free(node->init);
    free(node->ids);
    free(node->handlers);
    free(node->calls);
    free(node->alarms);
    free(node);
}

void node_on(Node *node, const char *type, Handler *handler)
{
    node->handlers = allocate(node->handlers, (node->handler_count + 1) * sizeof *node->handlers);
    node->handlers[node->handler_count++] = (struct Registration){type, handler};
}

void node_every(Node *node, int milliseconds, Timer *timer)
{
    node->alarms = allocate(node->alarms, (node->alarm_count + 1) * sizeof *node->alarms);
    node->alarms[node->alarm_count++] = (struct Alarm){.interval = milliseconds, .timer = timer};
    if (node->virtual_time && node->id != NULL) {
        sleep_again(node, node->alarm_count - 1);
    }
}

double node_now(const Node *node)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return node->virtual_time ? node->now : (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

Json *node_body(const char *type) { return json_set(json_object(), "type", json_string(type)); }

Json *node_error(int code, const char *text)
{
    Json *body = json_set(node_body("error"), "code", json_int(code));
    return json_set(body, "text", json_string(text));
}

static void send_from(Node *node, const char *src, const char *dest, Json *body)
{
    Json *json = json_set(json_object(), "src", json_string(src));
    json_set(json, "dest", json_string(dest));
    json_set(json, "body", body);
    char *line = json_print(json);
    node->write(node->context, line);
    free(line);
    json_free(json);
}

void node_send(Node *node, const char *dest, Json *body) { send_from(node, node->id, dest, body); }

void node_call(Node *node, const char *dest, Json *body, Callback *callback, const Message *request)
{
    json_set(body, "msg_id", json_int(++node->last_msg_id));
    node->calls = allocate(node->calls, (node->call_count + 1) * sizeof *node->calls);
    Json *copy = request == NULL ? NULL : json_copy(request->json);
    node->calls[node->call_count++] = (struct Call){node->last_msg_id, callback, copy};
    node_send(node, dest, body);
}

void node_reply(Node *node, const Message *request, Json *body)
{
    const Json *msg_id = json_get(request->body, "msg_id");
    if (msg_id == NULL || json_is(msg_id, JSON_NULL)) {
        json_free(body);
        return;
    }
    if (json_get(body, "type") == NULL) {
        char *type = allocate(NULL, strlen(request->type) + sizeof "_ok");
        json_set(body, "type", json_string(strcat(strcpy(type, request->type), "_ok")));
        free(type);
    }
    send_from(node, request->dest, request->src, json_set(body, "in_reply_to", json_copy(msg_id)));
}

// wake_up calls the timer for which the service clock was asked.
static void wake_up(Node *node, const Message *request, const Json *reply)
{
    (void)request;
    int64_t msg_id = 0;
    json_to_int(json_get(reply, "in_reply_to"), &msg_id);
    for (size_t i = 0; i < node->alarm_count; i++) {
        if (node->alarms[i].sleep_id == msg_id) {
            node->alarms[i].timer(node);
            sleep_again(node, i);
            return;
        }
    }
}

static void sleep_again(Node *node, size_t i)
{
    node->alarms[i].sleep_id = node->last_msg_id + 1; // that of the call
    Json *body = json_set(node_body("sleep"), "ms", json_int(node->alarms[i].interval));
    node_call(node, "clock", body, wake_up, NULL);
}

static void handle_reply(Node *node, const Json *body)
{
    int64_t msg_id;
    if (!json_to_int(json_get(body, "in_reply_to"), &msg_id)) {
        return;
    }
    for (size_t i = 0; i < node->call_count; i++) {
        struct Call call = node->calls[i];
        Message request;
        if (call.msg_id == msg_id) {
            node->calls[i] = node->calls[--node->call_count]; // so a second reply finds nothing
            call.callback(node, read_message(call.request, &request) ? &request : NULL, body);
            json_free(call.request);
            return;
        }
    }
}

static Json *handle_request(Node *node, const Message *message)
{
    for (size_t i = 0; i < node->handler_count; i++) {
        if (strcmp(node->handlers[i].type, message->type) != 0) {
            continue;
        }
        if (node->id == NULL && node->handlers[i].handler != handle_init && node->handlers[i].handler != handle_idle) {
            return node_error(11, "this node has not been initialized");
        }
        return node->handlers[i].handler(node, message);
    }
    return node_error(10, "this node does not understand this type");
}

void node_receive(Node *node, const char *line, size_t length)
{
    Json *json = json_parse(line, length);
    Message message;
    const Json *now = json_get(json, "now");
    if (json_is(now, JSON_NUMBER)) {
        node->now = strtod(now->text, NULL);
    }
    if (!read_message(json, &message)) {
        fprintf(stderr, "not a message: %.*s\n", length < 200 ? (int)length : 200, line);
    } else if (json_get(message.body, "in_reply_to") != NULL) {
        handle_reply(node, message.body);
    } else {
        Json *answer = handle_request(node, &message);
        if (answer != NULL) {
            node_reply(node, &message, answer);
        }
    }
    json_free(json);
}

int node_tick(Node *node, int64_t now)
{
    int64_t next = -1;
    for (size_t i = 0; node->id != NULL && !node->virtual_time && i < node->alarm_count; i++) {
        if (node->alarms[i].due <= now) {
            node->alarms[i].due = now + node->alarms[i].interval;
            node->alarms[i].timer(node);
        }
        if (next < 0 || node->alarms[i].due - now < next) {
            next = node->alarms[i].due - now;
        }
    }
    return (int)next;
}

static int64_t clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

// read_some appends what can be read from stdin to a buffer. It returns false at the end.
static bool read_some(char **buffer, size_t *length, size_t *capacity)
{
    if (*capacity - *length < 65536) {
        *capacity = 2 * *capacity + 65536;
        *buffer = allocate(*buffer, *capacity);
    }
    ssize_t n = read(STDIN_FILENO, *buffer + *length, *capacity - *length);
    *length += n > 0 ? (size_t)n : 0;
    return n > 0 || (n < 0 && errno == EINTR);
}

void node_run(Node *node)
{
    char *buffer = NULL;
    size_t length = 0, capacity = 0;
    for (bool open = true; open;) {
        struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
        if (poll(&in, 1, node_tick(node, clock_now())) <= 0) {
            continue;
        }
        size_t start = 0, searched = length;
        open = read_some(&buffer, &length, &capacity);
        if (!open && length > 0) {
            buffer[length++] = '\n'; // the last line may have none
        }
        for (char *end; (end = memchr(buffer + searched, '\n', length - searched)) != NULL; searched = start) {
            node_receive(node, buffer + start, (size_t)(end - buffer) - start);
            start = (size_t)(end - buffer) + 1;
        }
        if (start > 0) {
            length -= start;
            memmove(buffer, buffer + start, length);
        }
    }
    free(buffer);
}
