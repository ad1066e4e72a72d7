import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A node of the workload kafka: logs to which clients append, one for each key.
 *
 * <p>The first node leads: it has all logs, and the other nodes pass requests on to it. So there is
 * nothing to agree on. The price is that a node which cannot reach the leader cannot serve anybody.
 */
final class Main {
  private static final int POLL_LIMIT = 100; // messages of a key in one reply

  private final Map<String, List<Object>> logs = new HashMap<>(); // an offset is an index
  private final Map<String, Long> committed = new HashMap<>();
  private final Node node;

  Main(Node node) {
    this.node = node;
    lead("send", this::send);
    lead("poll", this::poll);
    lead("commit_offsets", this::commit);
    lead("list_committed_offsets", this::listCommitted);
  }

  public static void main(String[] args) {
    Node.run(Main::new);
  }

  /**
   * Registers a handler that the leader runs. On other nodes, it asks the leader and passes the
   * reply on.
   */
  private void lead(String kind, Function<JsonObject, JsonObject> handler) {
    node.on(
        kind,
        message -> {
          String leader = node.ids().get(0);
          if (node.id().equals(leader)) {
            return handler.apply(message.body());
          }
          node.call(leader, message.body(), reply -> node.reply(message, reply));
          return null;
        });
  }

  private JsonObject send(JsonObject body) {
    Object message = body.get("msg");
    List<Object> log = logs.computeIfAbsent(body.string("key"), key -> new ArrayList<>());
    log.add(message);
    return new JsonObject().with("offset", log.size() - 1);
  }

  private JsonObject poll(JsonObject body) {
    JsonObject messages = new JsonObject();
    for (Map.Entry<String, Long> start : offsets(body).entrySet()) {
      List<Object> log = logs.getOrDefault(start.getKey(), List.of());
      List<Object> found = new ArrayList<>();
      for (long i = start.getValue(); i < log.size() && found.size() < POLL_LIMIT; i++) {
        found.add(Arrays.asList(i, log.get((int) i)));
      }
      messages.with(start.getKey(), found);
    }
    return new JsonObject().with("msgs", messages);
  }

  private JsonObject commit(JsonObject body) {
    // A late message does not take an offset back.
    offsets(body).forEach((key, offset) -> committed.merge(key, offset, Math::max));
    return new JsonObject();
  }

  private JsonObject listCommitted(JsonObject body) {
    JsonObject offsets = new JsonObject();
    for (String key : body.list("keys", String.class)) {
      if (committed.containsKey(key)) {
        offsets.with(key, committed.get(key));
      }
    }
    return new JsonObject().with("offsets", offsets);
  }

  /** Returns the offsets of a request by key. */
  private static Map<String, Long> offsets(JsonObject body) {
    JsonObject object = body.object("offsets");
    Map<String, Long> offsets = new TreeMap<>();
    for (String key : object.names()) {
      offsets.put(key, object.integer(key));
      RpcException.check(object.integer(key) >= 0, "an offset is an integer from 0");
    }
    return offsets;
  }
}
