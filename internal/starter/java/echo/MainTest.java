import java.util.List;

final class MainTest {
  static void echoIsWhatWasSent() {
    Cluster cluster = new Cluster(Main::serve, "n1");
    for (String value : List.of("\"hello\"", "9223372036854775808", "[null, {\"a\": 1.50}]")) {
      JsonObject reply = cluster.request("n1", "{\"type\": \"echo\", \"echo\": " + value + "}");
      Tests.assertEquals(Json.parse(value), reply.get("echo"));
    }
  }
}
