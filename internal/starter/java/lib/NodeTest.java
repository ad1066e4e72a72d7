import java.util.ArrayList;
import java.util.List;

final class NodeTest {
  static void replies() {
    Cluster cluster = new Cluster(NodeTest::serve, "n1");
    Tests.assertEquals(
        "{\"type\":\"double_ok\",\"value\":6,\"in_reply_to\":1}",
        cluster.request("n1", "{\"type\":\"double\",\"value\":3}").toString());
    Tests.assertEquals(22L, cluster.request("n1", "{\"type\":\"fail\"}").get("code"));
    Tests.assertEquals(10L, cluster.request("n1", "{\"type\":\"unknown\"}").get("code"));
    JsonObject reply = cluster.request("n1", "{\"type\":\"double\",\"value\":\"3\"}");
    Tests.assertEquals(12L, reply.get("code"));
  }

  static void errorsDoNotEndTheNode() {
    Cluster cluster = new Cluster(NodeTest::serve, "n1");
    String large = "{\"type\":\"double\",\"value\":9223372036854775807}";
    JsonObject reply = cluster.request("n1", large);
    Tests.assertEquals(13L, reply.get("code"));
    List<String> lines =
        List.of("", "{", "[]", "null", "{\"body\":1}", "{\"body\":{}}",
            "{\"src\":\"c1\",\"dest\":1,\"body\":{\"type\":\"double\"}}");
    for (String line : lines) {
      cluster.receive("n1", line);
    }
    Tests.assertEquals(2L, cluster.request("n1", "{\"type\":\"double\",\"value\":1}").get("value"));
  }

  static void requestsBeforeInitAreRefused() {
    List<String> lines = new ArrayList<>();
    Node node = new Node(lines::add, (interval, action) -> {});
    serve(node);
    node.receive("{\"src\":\"c1\",\"dest\":\"n1\",\"body\":{\"type\":\"who\",\"msg_id\":0}}");
    Tests.assertEquals(
        List.of(
            "{\"src\":\"n1\",\"dest\":\"c1\",\"body\":{\"type\":\"error\",\"code\":11,"
                + "\"text\":\"this node has not been initialized\",\"in_reply_to\":0}}"),
        lines);
  }

  static void calls() {
    Cluster cluster = new Cluster(NodeTest::serve, "n1", "n2");
    Tests.assertEquals(
        "{\"type\":\"ask_ok\",\"id\":\"n2\",\"in_reply_to\":1}",
        cluster.request("n1", "{\"type\":\"ask\"}").toString());
    JsonObject again = JsonObject.parse("{\"type\":\"who_ok\",\"in_reply_to\":1,\"id\":\"again\"}");
    cluster.receive("n1", "n2", again);
  }

  private static void serve(Node node) {
    node.on(
        "double",
        message ->
            new JsonObject().with("value", Math.multiplyExact(2, message.body().integer("value"))));
    node.on(
        "fail",
        message -> {
          throw new RpcException(22, "precondition failed");
        });
    node.on("who", message -> new JsonObject().with("id", node.id()));
    node.on(
        "ask",
        message -> {
          node.call(
              "n2",
              new JsonObject().with("type", "who"),
              body -> node.reply(message, new JsonObject().with("id", body.get("id"))));
          return null;
        });
  }
}
