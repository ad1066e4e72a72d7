import java.time.Duration;
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

  static void virtualTimers() {
    List<String> lines = new ArrayList<>();
    List<Duration> times = new ArrayList<>();
    Node node = new Node(lines::add);
    node.every(Duration.ofMillis(200), () -> times.add(node.now()));
    init(node);
    Tests.assertEquals(List.of(line("sleep", ",\"ms\":200,\"msg_id\":1")), lines);
    Tests.assertEquals(List.of(), times);
    for (int i = 1; i <= 2; i++) {
      String reply = "{\"type\":\"sleep_ok\",\"in_reply_to\":" + i + "}";
      fromClock(node, 200 * i + ".5", reply);
      fromClock(node, 200 * i + ".5", reply); // changes nothing
      Tests.assertEquals(line("sleep", ",\"ms\":200,\"msg_id\":" + (i + 1)), lines.get(i));
    }
    Tests.assertEquals(3, lines.size());
    Tests.assertEquals(List.of(Duration.ofNanos(200500000), Duration.ofNanos(400500000)), times);
  }

  static void failuresDoNotEndVirtualTimers() {
    List<String> lines = new ArrayList<>();
    Node node = new Node(lines::add);
    node.every(Duration.ofMillis(200), () -> Tests.assertEquals("this", "is reported"));
    init(node);
    fromClock(node, "200", "{\"type\":\"sleep_ok\",\"in_reply_to\":1}");
    Tests.assertEquals(2, lines.size());
  }

  static void idleIsAnsweredAfterWhatPrecedesIt() {
    List<String> lines = new ArrayList<>();
    Node node = new Node(lines::add);
    node.every(
        Duration.ofMillis(200), () -> node.send("clock", new JsonObject().with("type", "hello")));
    fromClock(node, "0", "{\"type\":\"idle\",\"msg_id\":6}"); // before init
    init(node);
    fromClock(node, "200", "{\"type\":\"sleep_ok\",\"in_reply_to\":1}");
    fromClock(node, "200", "{\"type\":\"idle\",\"msg_id\":7}");
    Tests.assertEquals(
        List.of(
            line("idle_ok", ",\"in_reply_to\":6"),
            line("sleep", ",\"ms\":200,\"msg_id\":1"),
            line("hello", ""),
            line("sleep", ",\"ms\":200,\"msg_id\":2"),
            line("idle_ok", ",\"in_reply_to\":7")),
        lines);
  }

  static void ownTimers() {
    List<String> lines = new ArrayList<>();
    List<Duration> intervals = new ArrayList<>();
    Node node = new Node(lines::add, (interval, action) -> intervals.add(interval));
    node.every(Duration.ofMillis(200), () -> {});
    init(node);
    Tests.assertEquals(List.of(), lines);
    Tests.assertEquals(List.of(Duration.ofMillis(200)), intervals);
  }

  private static void init(Node node) {
    fromClock(node, "0", "{\"type\":\"init\",\"node_id\":\"n1\",\"node_ids\":[\"n1\"]}");
  }

  private static void fromClock(Node node, String now, String body) {
    String envelope = "{\"src\":\"clock\",\"dest\":\"n1\",\"now\":" + now;
    node.receive(envelope + ",\"body\":" + body + "}");
  }

  /** Returns a line of n1 to the service clock, with some more fields in its body. */
  private static String line(String type, String fields) {
    String body = "{\"type\":\"" + type + "\"" + fields + "}";
    return "{\"src\":\"n1\",\"dest\":\"clock\",\"body\":" + body + "}";
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
