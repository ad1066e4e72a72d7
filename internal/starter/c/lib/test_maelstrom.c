#define _POSIX_C_SOURCE 200809L

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "cluster.h"

static Json *twice(Node *node, const Message *message)
{
    (void)node;
    int64_t value;
    if (!json_to_int(json_get(message->body, "value"), &value)) {
        return node_error(12, "value must be an integer");
    }
    return json_set(json_object(), "value", json_int(2 * value));
}

static Json *who(Node *node, const Message *message)
{
    (void)message;
    return json_set(json_object(), "id", json_string(node->id));
}

static void pass_on(Node *node, const Message *request, const Json *reply)
{
    node_reply(node, request, json_set(json_object(), "id", json_copy(json_get(reply, "id"))));
}

static Json *ask(Node *node, const Message *message)
{
    node_call(node, "n2", node_body("who"), pass_on, message);
    return NULL;
}

static void serve_examples(Node *node)
{
    node_on(node, "twice", twice);
    node_on(node, "who", who);
    node_on(node, "ask", ask);
}

static void test_replies(void)
{
    Cluster *c = cluster_new(serve_examples, 1);
    cluster_expect(c, "n1", "{'type':'twice','value':3}", "{'type':'twice_ok','value':6}");
    cluster_expect(c, "n1", "{'type':'twice','value':'3'}", "{'type':'error','code':12,'text':'value must be an integer'}");
    cluster_expect(c, "n1", "{'type':'halve'}", "{'type':'error','code':10,'text':'this node does not understand this type'}");
    cluster_free(c);
}

static void test_bad_lines_do_not_end_the_node(void)
{
    Cluster *c = cluster_new(serve_examples, 1);
    const char *bad[] = {"", "{", "[]", "7", "{\"body\":1}", "{\"body\":{}}", "{\"src\":\"c1\",\"dest\":\"n1\",\"body\":{\"type\":7}}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        node_receive(c->nodes[0], bad[i], strlen(bad[i]));
    }
    cluster_expect(c, "n1", "{'type':'twice','value':3}", "{'type':'twice_ok','value':6}");
    cluster_free(c);
}

static void test_calls(void)
{
    Cluster *c = cluster_new(serve_examples, 2);
    cluster_expect(c, "n1", "{'type':'ask'}", "{'type':'ask_ok','id':'n2'}");
    size_t sent = c->sent->length;
    cluster_receive(c, "n1", "{'src':'n2','dest':'n1','body':{'type':'who_ok','in_reply_to':1,'id':'again'}}");
    assert(c->sent->length == sent);
    cluster_free(c);
}

static void keep_line(void *context, const char *line)
{
    assert(strlen(line) < 200);
    strcpy(context, line);
}

static void test_before_init(void)
{
    char written[200] = "";
    const char *line = "{\"src\":\"c1\",\"dest\":\"n1\",\"body\":{\"type\":\"who\",\"msg_id\":0}}";
    Node *node = node_new(keep_line, written);
    serve_examples(node);
    node_receive(node, line, strlen(line));
    assert(strstr(written, "\"code\":11") != NULL && strstr(written, "\"src\":\"n1\"") != NULL);
    node_free(node);
}

static void append_line(void *context, const char *line)
{
    assert(strlen(context) + strlen(line) < 1000);
    strcat(context, line);
}

static void say_hello(Node *node) { node_send(node, "n2", node_body("hello")); }

static void receive_line(Node *node, const char *line) { node_receive(node, line, strlen(line)); }

// new_greeter returns a node with a timer, before init, that appends what it writes to a text.
static Node *new_greeter(char *written)
{
    written[0] = '\0';
    Node *node = node_new(append_line, written);
    node_every(node, 200, say_hello);
    return node;
}

static const char *INIT = "{\"src\":\"c0\",\"dest\":\"n1\",\"now\":0,"
                          "\"body\":{\"type\":\"init\",\"node_id\":\"n1\",\"node_ids\":[\"n1\"]}}";

static void test_virtual_timers(void)
{
    char written[1000];
    setenv("GLOMERS_CLOCK", "virtual", 1);
    Node *node = new_greeter(written);
    unsetenv("GLOMERS_CLOCK");
    receive_line(node, INIT);
    assert(node_tick(node, 1000) == -1);
    const char *sleep = "{\"body\":{\"ms\":200,\"msg_id\":1,\"type\":\"sleep\"},\"dest\":\"clock\",\"src\":\"n1\"}";
    assert(strcmp(written, sleep) == 0);
    for (int i = 0; i < 2; i++) { // the second one changes nothing
        receive_line(node, "{\"src\":\"clock\",\"dest\":\"n1\",\"now\":200.5,\"body\":{\"type\":\"sleep_ok\",\"in_reply_to\":1}}");
    }
    receive_line(node, "{\"src\":\"clock\",\"dest\":\"n1\",\"now\":200.5,\"body\":{\"type\":\"idle\",\"msg_id\":7}}");
    assert(node_now(node) == 200.5);
    const char *after = "{\"body\":{\"type\":\"hello\"},\"dest\":\"n2\",\"src\":\"n1\"}"
                        "{\"body\":{\"ms\":200,\"msg_id\":2,\"type\":\"sleep\"},\"dest\":\"clock\",\"src\":\"n1\"}"
                        "{\"body\":{\"in_reply_to\":7,\"type\":\"idle_ok\"},\"dest\":\"clock\",\"src\":\"n1\"}";
    assert(strcmp(written + strlen(sleep), after) == 0);
    node_free(node);
}

static void test_idle_before_init(void)
{
    char written[1000];
    Node *node = new_greeter(written);
    receive_line(node, "{\"src\":\"clock\",\"dest\":\"n1\",\"now\":0,\"body\":{\"type\":\"idle\",\"msg_id\":7}}");
    assert(strcmp(written, "{\"body\":{\"in_reply_to\":7,\"type\":\"idle_ok\"},\"dest\":\"clock\",\"src\":\"n1\"}") == 0);
    node_free(node);
}

static void test_own_timers(void)
{
    char written[1000];
    Node *node = new_greeter(written);
    receive_line(node, INIT);
    assert(strcmp(written, "") == 0);
    assert(node_tick(node, 1000) == 200);
    assert(strcmp(written, "{\"body\":{\"type\":\"hello\"},\"dest\":\"n2\",\"src\":\"n1\"}") == 0);
    assert(node_now(node) > 1e12);
    node_free(node);
}

void test_maelstrom(void)
{
    test_virtual_timers();
    test_idle_before_init();
    test_own_timers();
    test_replies();
    test_bad_lines_do_not_end_the_node();
    test_calls();
    test_before_init();
}
