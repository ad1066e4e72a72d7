/**
 * A message, whose type is also a field of its body. In virtual time, it says what time it is, in
 * ms; otherwise that is null.
 */
record Message(String src, String dest, String type, JsonObject body, Object now) {
  static Message parse(String line) {
    JsonObject message = JsonObject.parse(line);
    JsonObject body = message.object("body");
    Object now = message.has("now") ? message.get("now") : null;
    return new Message(
        message.string("src"), message.string("dest"), body.string("type"), body, now);
  }
}
