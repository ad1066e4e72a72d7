#include "cluster.h"

void test_serve(void)
{
    Cluster *c = cluster_new(serve, 3);
    for (int i = 0; i < c->count; i++) {
        const char *line = "{'type':'topology','topology':{'n1':['n2'],'n2':['n1','n3'],'n3':['n2']}}";
        cluster_expect(c, c->nodes[i]->id, line, "{'type':'topology_ok'}");
    }
    cluster_expect(c, "n1", "{'type':'broadcast','message':7}", "{'type':'broadcast_ok'}");
    cluster_expect(c, "n3", "{'type':'broadcast','message':8}", "{'type':'broadcast_ok'}");
    cluster_expect(c, "n1", "{'type':'read'}", "{'type':'read_ok','messages':[7]}");
    cluster_tick(c);
    cluster_tick(c);
    for (int i = 0; i < c->count; i++) {
        cluster_expect(c, c->nodes[i]->id, "{'type':'read'}", "{'type':'read_ok','messages':[7,8]}");
    }
    cluster_free(c);
}
