import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A node of the workload broadcast: a value that a client gives to any node is soon in the reads of
 * all nodes.
 */
final class Main {
  private static final Duration GOSSIP_EVERY = Duration.ofMillis(200);

  private final Node node;
  private final Set<Long> values = new TreeSet<>();
  private List<String> neighbours = List.of();

  Main(Node node) {
    this.node = node;
    node.on("topology", this::topology);
    node.on("broadcast", this::broadcast);
    node.on("read", message -> new JsonObject().with("messages", values));
    node.on("gossip", this::merge);
    node.every(GOSSIP_EVERY, this::gossip);
  }

  public static void main(String[] args) {
    Node.run(Main::new);
  }

  private JsonObject topology(Message message) {
    neighbours = message.body().object("topology").list(node.id(), String.class);
    return new JsonObject();
  }

  private JsonObject broadcast(Message message) {
    values.add(message.body().integer("message"));
    return new JsonObject();
  }

  private JsonObject merge(Message message) {
    values.addAll(message.body().list("values", Long.class));
    return null;
  }

  private void gossip() {
    // Each message carries the whole set. So whatever is lost, a later message has it, too.
    JsonObject body = new JsonObject().with("type", "gossip").with("values", values);
    neighbours.forEach(neighbour -> node.send(neighbour, body));
  }
}
