/** A node of the workload echo: it sends back what a client sends. */
final class Main {
  static void serve(Node node) {
    node.on("echo", message -> new JsonObject().with("echo", message.body().get("echo")));
  }

  public static void main(String[] args) {
    Node.run(Main::serve);
  }
}
