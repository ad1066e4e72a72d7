import java.util.List;

final class MainTest {
  private static final String READ = "{\"type\": \"read\"}";

  static void valuesReachEverybody() {
    Cluster cluster = new Cluster(Main::new, "n1", "n2", "n3");
    for (String node : List.of("n1", "n2", "n3")) {
      cluster.request(
          node,
          "{\"type\": \"topology\","
              + " \"topology\": {\"n1\": [\"n2\"], \"n2\": [\"n1\", \"n3\"], \"n3\": [\"n2\"]}}");
    }
    cluster.request("n1", "{\"type\": \"broadcast\", \"message\": 7}");
    cluster.request("n3", "{\"type\": \"broadcast\", \"message\": 8}");
    Tests.assertEquals(List.of(7L), cluster.request("n1", READ).get("messages"));
    cluster.tick();
    cluster.tick();
    for (String node : List.of("n1", "n2", "n3")) {
      Tests.assertEquals(List.of(7L, 8L), cluster.request(node, READ).get("messages"));
    }
  }

  static void valuesThatAreNoIntegersAreRefused() {
    Cluster cluster = new Cluster(Main::new, "n1");
    JsonObject reply = cluster.request("n1", "{\"type\": \"broadcast\", \"message\": \"7\"}");
    Tests.assertEquals(12L, reply.get("code"));
    Tests.assertEquals(List.of(), cluster.request("n1", READ).get("messages"));
  }
}
