/** A node of the workload unique-ids: every id that it gives out is unique among all nodes. */
final class Main {
  // No other node has this node's id, the start time differs after a restart, and the counter does
  // the rest.
  private final String started = Long.toHexString(System.currentTimeMillis());
  private long counter = 0;

  Main(Node node) {
    node.on(
        "generate",
        message -> new JsonObject().with("id", node.id() + "-" + started + "-" + counter++));
  }

  public static void main(String[] args) {
    Node.run(Main::new);
  }
}
