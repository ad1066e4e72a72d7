import java.util.List;

final class MainTest {
  static void transactionsSeeTheirOwnWrites() {
    Cluster cluster = new Cluster(Main::new, "n1");
    JsonObject reply = transact(cluster, "n1", "[[\"r\",1,null],[\"w\",1,6],[\"r\",1,null]]");
    Tests.assertEquals(
        Json.parse("[[\"r\",1,null],[\"w\",1,6],[\"r\",1,6]]"), reply.get("txn"));
  }

  static void theLastWriteWinsEverywhere() {
    Cluster cluster = new Cluster(Main::new, "n1", "n2");
    transact(cluster, "n1", "[[\"w\",1,10]]");
    transact(cluster, "n2", "[[\"w\",1,20]]");
    transact(cluster, "n1", "[[\"w\",2,11]]");
    transact(cluster, "n1", "[[\"w\",2,12]]");
    for (int round = 0; round < 2; round++) { // the second round changes nothing
      cluster.tick();
      for (String node : List.of("n1", "n2")) {
        Tests.assertEquals(
            Json.parse("[[\"r\",1,20],[\"r\",2,12]]"),
            transact(cluster, node, "[[\"r\",1,null],[\"r\",2,null]]").get("txn"));
      }
    }
  }

  static void malformedTransactionsDoNothing() {
    Cluster cluster = new Cluster(Main::new, "n1");
    Tests.assertEquals(
        12L, transact(cluster, "n1", "[[\"w\",1,6],[\"x\",1,7]]").get("code"));
    Tests.assertEquals(
        Json.parse("[[\"r\",1,null]]"), transact(cluster, "n1", "[[\"r\",1,null]]").get("txn"));
  }

  private static JsonObject transact(Cluster cluster, String node, String txn) {
    return cluster.request(
        node, new JsonObject().with("type", "txn").with("txn", Json.parse(txn)));
  }
}
