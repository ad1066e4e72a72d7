import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The protocol of Maelstrom: a node reads messages from stdin and writes messages to stdout, each a
 * line of JSON.
 *
 * <p>Handlers, timers and callbacks run one at a time, in one thread, so a node needs no locks.
 *
 * <p>If GLOMERS_CLOCK is "virtual", time is that of the harness: each line says what time it is,
 * and the service "clock" has timers.
 */
final class Node {
  private final Consumer<String> write;
  private final BiConsumer<Duration, Runnable> startTimer;
  private final Map<String, Function<Message, JsonObject>> handlers = new HashMap<>();
  private final Map<Object, Consumer<JsonObject>> callbacks = new HashMap<>(); // by msg_id
  private final List<Runnable> timers = new ArrayList<>(); // to be started after init
  private long lastMsgId = 0;
  private String id = null;
  private List<String> ids = List.of();
  private Duration now = null; // in virtual time

  /** Makes a node. It uses write for lines, and startTimer to call functions again and again. */
  Node(Consumer<String> write, BiConsumer<Duration, Runnable> startTimer) {
    this.write = write;
    this.startTimer = startTimer;
    on("init", this::init);
    on("idle", message -> new JsonObject()); // asks whether all that was asked for is done
  }

  /** Makes a node in virtual time. It uses write for lines. */
  Node(Consumer<String> write) {
    this(write, null);
    now = Duration.ZERO;
  }

  /** Makes a node, gives it to serve for its handlers and timers, and runs it until stdin ends. */
  static void run(Consumer<Node> serve) {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    if ("virtual".equals(System.getenv("GLOMERS_CLOCK"))) {
      Node node = new Node(Node::print);
      serve.accept(node);
      in.lines().forEach(line -> guarded(() -> node.receive(line)).run());
      return;
    }
    ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    Node node =
        new Node(
            Node::print,
            (interval, action) -> {
              long millis = interval.toMillis();
              loop.scheduleWithFixedDelay(guarded(action), millis, millis, TimeUnit.MILLISECONDS);
            });
    serve.accept(node);
    in.lines().forEach(line -> loop.execute(guarded(() -> node.receive(line))));
    loop.shutdown(); // after what was read
  }

  /** Returns the id of this node; null before init. */
  String id() {
    return id;
  }

  /** Returns the ids of all nodes, in the same order everywhere. */
  List<String> ids() {
    return ids;
  }

  /** Returns the time since 1970 or, in virtual time, since the start of the run. */
  Duration now() {
    return now == null ? Duration.ofMillis(System.currentTimeMillis()) : now;
  }

  /**
   * Registers the handler of a type of message. It returns the body of the reply, whose type is
   * KIND_ok unless it has one, or null for no reply. It may throw an RpcException.
   */
  void on(String kind, Function<Message, JsonObject> handler) {
    handlers.put(kind, handler);
  }

  /** Calls a function again and again, from the time when the node is initialized. */
  void every(Duration interval, Runnable action) {
    if (id == null) {
      timers.add(() -> every(interval, action));
    } else if (now == null) {
      startTimer.accept(interval, action);
    } else {
      sleep(interval, guarded(action));
    }
  }

  /** Lets the service clock call a function again and again. */
  private void sleep(Duration interval, Runnable action) {
    call(
        "clock",
        new JsonObject().with("type", "sleep").with("ms", interval.toMillis()),
        reply -> {
          action.run();
          sleep(interval, action);
        });
  }

  /** Sends a message that gets no reply. */
  void send(String dest, JsonObject body) {
    send(id, dest, body);
  }

  /**
   * Sends a request. When its reply comes, which may be never, the callback gets the body, perhaps
   * that of an error.
   */
  void call(String dest, JsonObject body, Consumer<JsonObject> callback) {
    callbacks.put(++lastMsgId, callback);
    send(dest, new JsonObject().with(body).with("msg_id", lastMsgId));
  }

  /** Answers a request, for handlers that returned null. */
  void reply(Message request, JsonObject body) {
    if (request.body().has("msg_id")) {
      JsonObject reply = new JsonObject().with("type", request.type() + "_ok").with(body);
      reply.with("in_reply_to", request.body().get("msg_id"));
      send(request.dest(), request.src(), reply);
    }
  }

  /** Handles one line. What follows from it has been written when receive returns. */
  void receive(String line) {
    Message message;
    try {
      message = Message.parse(line);
    } catch (RuntimeException e) {
      String start = line.substring(0, Math.min(200, line.length()));
      System.err.println("not a message (" + e.getMessage() + "): " + start);
      return;
    }
    if (now != null) {
      BigDecimal millis = new BigDecimal(String.valueOf(message.now()));
      now = Duration.ofNanos(millis.movePointRight(6).longValue());
    }
    if (message.body().has("in_reply_to")) {
      Consumer<JsonObject> callback = callbacks.remove(message.body().get("in_reply_to"));
      if (callback != null) { // otherwise it is the second reply
        callback.accept(message.body());
      }
      return;
    }
    JsonObject answer;
    try {
      answer = handle(message);
    } catch (RpcException e) {
      answer = e.body();
    } catch (RuntimeException e) { // the node goes on
      e.printStackTrace();
      answer = new RpcException(13, e.toString()).body();
    }
    if (answer != null) {
      reply(message, answer);
    }
  }

  private JsonObject handle(Message message) {
    Function<Message, JsonObject> handler = handlers.get(message.type());
    if (handler == null) {
      throw new RpcException(10, "this node does not understand " + message.type());
    }
    if (id == null && !List.of("init", "idle").contains(message.type())) {
      throw new RpcException(11, "this node has not been initialized");
    }
    return handler.apply(message);
  }

  private JsonObject init(Message message) {
    id = message.body().string("node_id");
    ids = message.body().list("node_ids", String.class);
    timers.forEach(Runnable::run);
    timers.clear();
    return new JsonObject();
  }

  private void send(String src, String dest, JsonObject body) {
    JsonObject message = new JsonObject().with("src", src).with("dest", dest).with("body", body);
    write.accept(message.toString());
  }

  private static void print(String line) {
    System.out.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
    System.out.flush();
  }

  /** Returns an action that reports its failure, which an executor would keep to itself. */
  private static Runnable guarded(Runnable action) {
    return () -> {
      try {
        action.run();
      } catch (Throwable e) {
        e.printStackTrace();
      }
    };
  }
}
