import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An object of JSON. A field that is read and is not of the right kind is error 12. */
final class JsonObject {
  private final Map<String, Object> fields = new LinkedHashMap<>();

  /** Returns the object of a text. Throws RuntimeException if there is none. */
  static JsonObject parse(String text) {
    return new JsonObject().with("it", Json.parse(text)).object("it");
  }

  /** Sets a field. The value is one that Json can write, or a JsonObject. */
  JsonObject with(String name, Object value) {
    fields.put(name, value instanceof JsonObject object ? object.fields : value);
    return this;
  }

  /** Sets all fields that another object has. */
  JsonObject with(JsonObject other) {
    fields.putAll(other.fields);
    return this;
  }

  Set<String> names() {
    return fields.keySet();
  }

  boolean has(String name) {
    return fields.containsKey(name);
  }

  /** Returns a field of any kind. */
  Object get(String name) {
    RpcException.check(has(name), name + " is missing");
    return fields.get(name);
  }

  String string(String name) {
    return get(name, String.class, "a string");
  }

  long integer(String name) {
    return get(name, Long.class, "an integer of 64 bits");
  }

  /** Returns a list whose items are all of one kind, as {@link Json} has it. */
  <T> List<T> list(String name, Class<T> kind) {
    List<?> items = get(name, List.class, "a list");
    boolean ok = items.stream().allMatch(kind::isInstance);
    RpcException.check(ok, name + " must be a list with items of one kind");
    return items.stream().map(kind::cast).toList();
  }

  JsonObject object(String name) {
    Map<?, ?> map = get(name, Map.class, "an object");
    JsonObject object = new JsonObject();
    map.forEach((key, value) -> object.with((String) key, value));
    return object;
  }

  private <T> T get(String name, Class<T> kind, String text) {
    RpcException.check(kind.isInstance(get(name)), name + " must be " + text);
    return kind.cast(get(name));
  }

  @Override
  public String toString() {
    return Json.write(fields);
  }
}
