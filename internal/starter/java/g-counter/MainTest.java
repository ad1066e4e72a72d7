import java.util.List;

final class MainTest {
  static void readsAreTheSum() {
    Cluster cluster = new Cluster(Main::new, "n1", "n2");
    add(cluster, "n1", 3);
    add(cluster, "n2", 4);
    add(cluster, "n1", 0);
    for (int round = 0; round < 2; round++) { // the second round changes nothing
      cluster.tick();
      for (String node : List.of("n1", "n2")) {
        Tests.assertEquals(7L, read(cluster, node));
      }
    }
  }

  static void oldMessagesDoNotCountBack() {
    Cluster cluster = new Cluster(Main::new, "n1", "n2");
    add(cluster, "n1", 5);
    cluster.tick();
    JsonObject totals = new JsonObject().with("n1", 2L);
    cluster.receive("n2", "n1", new JsonObject().with("type", "gossip").with("totals", totals));
    Tests.assertEquals(5L, read(cluster, "n2"));
  }

  private static void add(Cluster cluster, String node, long delta) {
    cluster.request(node, new JsonObject().with("type", "add").with("delta", delta));
  }

  private static Object read(Cluster cluster, String node) {
    return cluster.request(node, new JsonObject().with("type", "read")).get("value");
  }
}
