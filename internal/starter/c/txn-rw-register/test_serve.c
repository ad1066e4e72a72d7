#include "cluster.h"

static void test_a_transaction_sees_its_own_writes(void)
{
    Cluster *c = cluster_new(serve, 1);
    cluster_expect(c, "n1", "{'type':'txn','txn':[['r',1,null],['w',1,6],['r',1,null]]}",
                   "{'type':'txn_ok','txn':[['r',1,null],['w',1,6],['r',1,6]]}");
    cluster_free(c);
}

static void test_the_last_write_wins_everywhere(void)
{
    Cluster *c = cluster_new(serve, 2);
    cluster_expect(c, "n1", "{'type':'txn','txn':[['w',1,10]]}", "{'type':'txn_ok','txn':[['w',1,10]]}");
    cluster_expect(c, "n2", "{'type':'txn','txn':[['w',1,20]]}", "{'type':'txn_ok','txn':[['w',1,20]]}");
    cluster_expect(c, "n1", "{'type':'txn','txn':[['w',2,11]]}", "{'type':'txn_ok','txn':[['w',2,11]]}");
    cluster_expect(c, "n1", "{'type':'txn','txn':[['w',2,12]]}", "{'type':'txn_ok','txn':[['w',2,12]]}");
    for (int round = 0; round < 2; round++) { // the second round changes nothing
        cluster_tick(c);
        for (int i = 0; i < c->count; i++) {
            cluster_expect(c, c->nodes[i]->id, "{'type':'txn','txn':[['r',1,null],['r',2,null]]}",
                           "{'type':'txn_ok','txn':[['r',1,20],['r',2,12]]}");
        }
    }
    cluster_free(c);
}

static void test_a_malformed_transaction_does_nothing(void)
{
    Cluster *c = cluster_new(serve, 1);
    cluster_expect(c, "n1", "{'type':'txn','txn':[['w',1,10],['w',2]]}",
                   "{'type':'error','code':12,'text':'txn must be an array of operations'}");
    cluster_expect(c, "n1", "{'type':'txn','txn':[['r',1,null]]}", "{'type':'txn_ok','txn':[['r',1,null]]}");
    cluster_free(c);
}

void test_serve(void)
{
    test_a_transaction_sees_its_own_writes();
    test_the_last_write_wins_everywhere();
    test_a_malformed_transaction_does_nothing();
}
