/** A node of the workload unique-ids: every id that it gives out is unique among all nodes. */
final class Main {
  // No other node has this node's id, the time is another one after a restart, and the counter does
  // the rest.
  private long counter = 0;

  Main(Node node) {
    node.on(
        "generate",
        message -> {
          long nanos = node.now().toNanos();
          return new JsonObject().with("id", node.id() + "-" + nanos + "-" + counter++);
        });
  }

  public static void main(String[] args) {
    Node.run(Main::new);
  }
}
