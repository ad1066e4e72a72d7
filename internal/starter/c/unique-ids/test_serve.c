#include <assert.h>

#include "cluster.h"

void test_serve(void)
{
    Cluster *c = cluster_new(serve, 2);
    Json *ids = json_object(); // as a set
    for (int i = 0; i < 200; i++) {
        Json *reply = cluster_request(c, i % 2 == 0 ? "n1" : "n2", "{'type':'generate'}");
        json_set(ids, json_to_text(json_get(reply, "id")), json_null());
        json_free(reply);
    }
    assert(ids->length == 200);
    json_free(ids);
    cluster_free(c);
}
