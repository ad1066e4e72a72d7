/** A message, whose type is also a field of its body. */
record Message(String src, String dest, String type, JsonObject body) {
  static Message parse(String line) {
    JsonObject message = JsonObject.parse(line);
    JsonObject body = message.object("body");
    return new Message(message.string("src"), message.string("dest"), body.string("type"), body);
  }
}
