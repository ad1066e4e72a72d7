#include "cluster.h"

void test_serve(void)
{
    Cluster *c = cluster_new(serve, 1);
    cluster_expect(c, "n1", "{'type':'echo','echo':'hello'}", "{'type':'echo_ok','echo':'hello'}");
    cluster_expect(c, "n1", "{'type':'echo','echo':9223372036854775808}", "{'type':'echo_ok','echo':9223372036854775808}");
    cluster_expect(c, "n1", "{'type':'echo','echo':[null,{'a':1.50}]}", "{'type':'echo_ok','echo':[null,{'a':1.50}]}");
    cluster_expect(c, "n1", "{'type':'echo'}", "{'type':'error','code':12,'text':'echo is missing'}");
    cluster_free(c);
}
