import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A node of the workload txn-rw-register: a store of registers, with transactions.
 *
 * <p>Transactions run at once on the node that gets them, one at a time, and wait for nobody. So no
 * one sees half of another, and all are served while links are cut.
 */
final class Main {
  private static final Duration GOSSIP_EVERY = Duration.ofMillis(200);

  // The last write of a register wins on all nodes, by a Lamport clock (Lamport 1978). Equal clocks
  // are ordered by the node's id.
  private final Map<String, Version> registers = new TreeMap<>(); // the last write of each key
  private final Node node;
  private long clock = 0; // the highest one that was seen

  /** A write of a register. */
  private record Version(long clock, String node, Object value) {
    static Version of(JsonObject version) {
      return new Version(version.integer("clock"), version.string("node"), version.get("value"));
    }

    JsonObject toJson() {
      return new JsonObject().with("clock", clock).with("node", node).with("value", value);
    }

    Version later(Version other) {
      boolean wins = clock > other.clock || clock == other.clock && node.compareTo(other.node) > 0;
      return wins ? this : other;
    }
  }

  Main(Node node) {
    this.node = node;
    node.on("txn", this::transact);
    node.on("gossip", this::merge);
    node.every(GOSSIP_EVERY, this::gossip);
  }

  public static void main(String[] args) {
    Node.run(Main::new);
  }

  @SuppressWarnings("rawtypes") // a class has no type arguments
  private JsonObject transact(Message message) {
    List<List> operations = message.body().list("txn", List.class);
    RpcException.check(
        operations.stream().allMatch(Main::isOperation), "txn must be a list of reads and writes");
    clock++;
    List<Object> done = new ArrayList<>();
    for (List<?> operation : operations) {
      String key = String.valueOf(operation.get(1));
      Object value = operation.get(2);
      if (operation.get(0).equals("w")) {
        registers.put(key, new Version(clock, node.id(), value));
      } else if (registers.containsKey(key)) {
        value = registers.get(key).value();
      }
      done.add(Arrays.asList(operation.get(0), operation.get(1), value));
    }
    return new JsonObject().with("txn", done);
  }

  private static boolean isOperation(List<?> operation) {
    return operation.size() == 3
        && ("r".equals(operation.get(0)) || "w".equals(operation.get(0)))
        && operation.get(1) instanceof Long;
  }

  private JsonObject merge(Message message) {
    JsonObject others = message.body().object("registers");
    for (String key : others.names()) {
      Version version = Version.of(others.object(key));
      clock = Math.max(clock, version.clock());
      registers.merge(key, version, Version::later);
    }
    return null;
  }

  private void gossip() {
    // Each message carries everything. So whatever is lost, a later message has it, too.
    JsonObject versions = new JsonObject();
    registers.forEach((key, version) -> versions.with(key, version.toJson()));
    JsonObject body = new JsonObject().with("type", "gossip").with("registers", versions);
    for (String id : node.ids()) {
      if (!id.equals(node.id())) {
        node.send(id, body);
      }
    }
  }
}
