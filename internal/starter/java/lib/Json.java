import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * JSON as values of Java: Map, List, String, Boolean and null. Numbers keep all their digits: an
 * integer is a Long, or a BigInteger if it has more than 64 bits, and any other number is a
 * BigDecimal.
 */
final class Json {
  private static final int MAX_DEPTH = 1000; // more would overflow the stack
  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9][0-9]*)((?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)");

  private final String text;
  private int at = 0;
  private int depth = 0;

  private Json(String text) {
    this.text = text;
  }

  /** Returns the value of a text. Throws IllegalArgumentException if the text is not JSON. */
  static Object parse(String text) {
    Json json = new Json(text);
    Object value = json.value();
    json.skipSpace();
    if (json.at < text.length()) {
      throw json.unexpected();
    }
    return value;
  }

  /** Returns the JSON of a value, in one line. */
  static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private Object value() {
    skipSpace();
    return switch (peek()) {
      case '{' -> object();
      case '[' -> list();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, Object> object() {
    Map<String, Object> fields = new LinkedHashMap<>();
    open();
    for (boolean more = !skip('}'); more; more = !close('}')) {
      skipSpace();
      String name = string();
      if (!skip(':')) {
        throw unexpected();
      }
      fields.put(name, value());
    }
    depth--;
    return fields;
  }

  private List<Object> list() {
    List<Object> items = new ArrayList<>();
    open();
    for (boolean more = !skip(']'); more; more = !close(']')) {
      items.add(value());
    }
    depth--;
    return items;
  }

  private void open() {
    if (++depth > MAX_DEPTH) {
      throw new IllegalArgumentException("more than " + MAX_DEPTH + " levels of JSON");
    }
    at++;
  }

  /** Says whether the end of an object or a list is here; otherwise a comma is. */
  private boolean close(char end) {
    if (skip(end)) {
      return true;
    }
    if (!skip(',')) {
      throw unexpected();
    }
    return false;
  }

  private String string() {
    if (peek() != '"') {
      throw unexpected();
    }
    at++;
    StringBuilder value = new StringBuilder();
    while (peek() != '"') {
      if (peek() < ' ') {
        throw unexpected();
      }
      char c = text.charAt(at++);
      value.append(c == '\\' ? escaped() : c);
    }
    at++;
    return value.toString();
  }

  private char escaped() {
    char c = peek();
    if ("\"\\/bfnrtu".indexOf(c) < 0) {
      throw unexpected();
    }
    at++;
    return switch (c) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int start = at;
        at = Math.min(start + 4, text.length());
        yield (char) HexFormat.fromHexDigits(text, start, at);
      }
      default -> c;
    };
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw unexpected();
    }
    at += word.length();
    return value;
  }

  private Number number() {
    Matcher matcher = NUMBER.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      throw unexpected();
    }
    at = matcher.end();
    if (!matcher.group(1).isEmpty()) {
      return new BigDecimal(matcher.group());
    }
    BigInteger integer = new BigInteger(matcher.group());
    return integer.bitLength() < 64 ? (Number) integer.longValue() : integer;
  }

  /** Skips a character, after white space, if it is here. */
  private boolean skip(char c) {
    skipSpace();
    boolean here = peek() == c;
    if (here) {
      at++;
    }
    return here;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw new IllegalArgumentException("unexpected end of JSON");
    }
    return text.charAt(at);
  }

  private IllegalArgumentException unexpected() {
    return new IllegalArgumentException("unexpected " + write("" + peek()) + " in JSON at " + at);
  }

  private static void write(Object value, StringBuilder out) {
    if (value == null || value instanceof Boolean || value instanceof Number) {
      out.append(value);
    } else if (value instanceof String string) {
      writeString(string, out);
    } else if (value instanceof Collection<?> items) {
      String separator = "";
      out.append('[');
      for (Object item : items) {
        out.append(separator);
        write(item, out);
        separator = ",";
      }
      out.append(']');
    } else if (value instanceof Map<?, ?> fields) {
      String separator = "";
      out.append('{');
      for (Map.Entry<?, ?> field : fields.entrySet()) {
        out.append(separator);
        writeString((String) field.getKey(), out);
        out.append(':');
        write(field.getValue(), out);
        separator = ",";
      }
      out.append('}');
    } else {
      throw new IllegalArgumentException("no JSON for " + value.getClass());
    }
  }

  private static void writeString(String string, StringBuilder out) {
    out.append('"');
    for (char c : string.toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) { // UTF-8 has no half of a pair
        out.append("\\u").append(HexFormat.of().toHexDigits(c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
