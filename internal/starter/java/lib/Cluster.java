import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Nodes of a test, with all their messages. Messages between nodes arrive when deliver is called.
 */
final class Cluster {
  private final Map<String, Node> nodes = new LinkedHashMap<>(); // by id
  private final List<Runnable> timers = new ArrayList<>();
  private final List<String> sent = new ArrayList<>();

  Cluster(Consumer<Node> serve, String... ids) {
    for (String id : ids) {
      Node node = new Node(sent::add, (interval, action) -> timers.add(action));
      serve.accept(node);
      nodes.put(id, node);
      JsonObject init = new JsonObject().with("type", "init");
      request(id, init.with("node_id", id).with("node_ids", List.of(ids)));
    }
  }

  /**
   * Returns the body of the reply to a client's request, after messages between nodes have arrived.
   */
  JsonObject request(String dest, JsonObject body) {
    sent.clear();
    receive(dest, "c1", new JsonObject().with(body).with("msg_id", 1L));
    deliver();
    List<Message> replies =
        sent.stream().map(Message::parse).filter(message -> message.dest().equals("c1")).toList();
    Tests.assertEquals(1, replies.size());
    return replies.get(0).body();
  }

  /** Returns the body of the reply to a client's request in JSON. */
  JsonObject request(String dest, String body) {
    return request(dest, JsonObject.parse(body));
  }

  void deliver() {
    // Messages that follow from these ones are added meanwhile.
    for (int i = 0; i < sent.size(); i++) {
      Node node = nodes.get(Message.parse(sent.get(i)).dest());
      if (node != null) {
        node.receive(sent.get(i));
      }
    }
  }

  /** Runs every timer of every node once, and delivers what they send. */
  void tick() {
    sent.clear();
    timers.forEach(Runnable::run);
    deliver();
  }

  void receive(String dest, String src, JsonObject body) {
    JsonObject message = new JsonObject().with("src", src).with("dest", dest).with("body", body);
    receive(dest, message.toString());
  }

  void receive(String dest, String line) {
    nodes.get(dest).receive(line);
  }
}
