#include "cluster.h"

static void test_reads_are_the_sum(void)
{
    Cluster *c = cluster_new(serve, 2);
    cluster_expect(c, "n1", "{'type':'add','delta':3}", "{'type':'add_ok'}");
    cluster_expect(c, "n2", "{'type':'add','delta':4}", "{'type':'add_ok'}");
    cluster_expect(c, "n1", "{'type':'add','delta':0}", "{'type':'add_ok'}");
    for (int round = 0; round < 2; round++) { // the second round changes nothing
        cluster_tick(c);
        cluster_expect(c, "n1", "{'type':'read'}", "{'type':'read_ok','value':7}");
        cluster_expect(c, "n2", "{'type':'read'}", "{'type':'read_ok','value':7}");
    }
    cluster_free(c);
}

static void test_old_messages_do_not_count_back(void)
{
    Cluster *c = cluster_new(serve, 2);
    cluster_expect(c, "n1", "{'type':'add','delta':5}", "{'type':'add_ok'}");
    cluster_tick(c);
    cluster_receive(c, "n2", "{'src':'n1','dest':'n2','body':{'type':'gossip','totals':{'n1':2}}}");
    cluster_expect(c, "n2", "{'type':'read'}", "{'type':'read_ok','value':5}");
    cluster_free(c);
}

void test_serve(void)
{
    test_reads_are_the_sum();
    test_old_messages_do_not_count_back();
}
