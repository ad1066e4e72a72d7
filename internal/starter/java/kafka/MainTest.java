import java.util.List;

final class MainTest {
  static void oneLogForAllNodes() {
    Cluster cluster = new Cluster(Main::new, "n1", "n2");
    long offset = 0;
    for (String node : List.of("n1", "n2", "n2")) {
      JsonObject send = new JsonObject().with("type", "send").with("key", "k").with("msg", node);
      Tests.assertEquals(offset++, cluster.request(node, send).get("offset"));
    }
    for (String node : List.of("n1", "n2")) {
      JsonObject offsets = new JsonObject().with("k", 1L).with("other", 0L);
      Tests.assertEquals(
          "{\"k\":[[1,\"n2\"],[2,\"n2\"]],\"other\":[]}",
          cluster.request(node, request("poll", offsets)).object("msgs").toString());
    }
  }

  static void committedOffsetsDoNotGoBack() {
    Cluster cluster = new Cluster(Main::new, "n1", "n2");
    cluster.request("n2", request("commit_offsets", new JsonObject().with("k", 5L)));
    cluster.request("n1", request("commit_offsets", new JsonObject().with("k", 3L)));
    JsonObject list = new JsonObject().with("type", "list_committed_offsets");
    JsonObject reply = cluster.request("n2", list.with("keys", List.of("k", "other")));
    Tests.assertEquals("{\"k\":5}", reply.object("offsets").toString());
  }

  static void errorsOfTheLeaderArePassedOn() {
    Cluster cluster = new Cluster(Main::new, "n1", "n2");
    JsonObject reply = cluster.request("n2", request("poll", new JsonObject().with("k", -1L)));
    Tests.assertEquals(12L, reply.get("code"));
  }

  private static JsonObject request(String type, JsonObject offsets) {
    return new JsonObject().with("type", type).with("offsets", offsets);
  }
}
