import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * A node of the workload g-counter: clients add to any node, and soon the reads of all nodes are
 * the sum.
 */
final class Main {
  private static final Duration GOSSIP_EVERY = Duration.ofMillis(200);

  // A G-Counter (Shapiro et al. 2011): each node increases only its own total, and two copies are
  // merged by the maximum. So messages may come late, twice, or in any order, and a lost one does
  // no harm.
  private final Map<String, Long> totals = new TreeMap<>(); // what clients have added, by node
  private final Node node;

  Main(Node node) {
    this.node = node;
    node.on("add", this::add);
    node.on("read", message -> new JsonObject().with("value", sum()));
    node.on("gossip", this::merge);
    node.every(GOSSIP_EVERY, this::gossip);
  }

  public static void main(String[] args) {
    Node.run(Main::new);
  }

  private JsonObject add(Message message) {
    totals.merge(node.id(), message.body().integer("delta"), Math::addExact);
    return new JsonObject();
  }

  private long sum() {
    return totals.values().stream().reduce(0L, Math::addExact);
  }

  private JsonObject merge(Message message) {
    JsonObject others = message.body().object("totals");
    for (String id : others.names()) {
      totals.merge(id, others.integer(id), Math::max);
    }
    return null;
  }

  private void gossip() {
    JsonObject body = new JsonObject().with("type", "gossip").with("totals", totals);
    for (String id : node.ids()) {
      if (!id.equals(node.id())) {
        node.send(id, body);
      }
    }
  }
}
