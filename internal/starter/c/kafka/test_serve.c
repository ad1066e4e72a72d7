#include "cluster.h"

static void test_one_log_for_all_nodes(void)
{
    Cluster *c = cluster_new(serve, 2);
    cluster_expect(c, "n1", "{'type':'send','key':'k','msg':'a'}", "{'type':'send_ok','offset':0}");
    cluster_expect(c, "n2", "{'type':'send','key':'k','msg':'b'}", "{'type':'send_ok','offset':1}");
    cluster_expect(c, "n2", "{'type':'send','key':'k','msg':[3]}", "{'type':'send_ok','offset':2}");
    for (int i = 0; i < c->count; i++) {
        cluster_expect(c, c->nodes[i]->id, "{'type':'poll','offsets':{'k':1,'other':0}}",
                       "{'type':'poll_ok','msgs':{'k':[[1,'b'],[2,[3]]],'other':[]}}");
    }
    cluster_free(c);
}

static void test_committed_offsets_do_not_go_back(void)
{
    Cluster *c = cluster_new(serve, 2);
    cluster_expect(c, "n2", "{'type':'commit_offsets','offsets':{'k':5}}", "{'type':'commit_offsets_ok'}");
    cluster_expect(c, "n1", "{'type':'commit_offsets','offsets':{'k':3}}", "{'type':'commit_offsets_ok'}");
    cluster_expect(c, "n2", "{'type':'list_committed_offsets','keys':['k','other']}",
                   "{'type':'list_committed_offsets_ok','offsets':{'k':5}}");
    cluster_free(c);
}

static void test_errors_of_the_leader_are_passed_on(void)
{
    Cluster *c = cluster_new(serve, 2);
    cluster_expect(c, "n2", "{'type':'poll','offsets':{'k':'one'}}",
                   "{'type':'error','code':12,'text':'offsets must be an object of offsets'}");
    cluster_free(c);
}

void test_serve(void)
{
    test_one_log_for_all_nodes();
    test_committed_offsets_do_not_go_back();
    test_errors_of_the_leader_are_passed_on();
}
