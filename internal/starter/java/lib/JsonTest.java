import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

final class JsonTest {
  static void numbersKeepTheirDigits() {
    List<String> texts =
        List.of("0", "-1", "9223372036854775807", "18446744073709551616", "1.0", "1E+3", "-2.50");
    for (String text : texts) {
      Tests.assertEquals(text, Json.write(Json.parse(text)));
    }
    Tests.assertEquals(Long.MIN_VALUE, Json.parse("-9223372036854775808"));
    Tests.assertEquals(BigInteger.TWO.pow(63), Json.parse("9223372036854775808"));
  }

  static void values() {
    Object value = Json.parse(" { \"a\" : [ true , false, null, {} , [] ] , \"\" : \"b\" }\r\n");
    Tests.assertEquals("{\"a\":[true,false,null,{},[]],\"\":\"b\"}", Json.write(value));
    Tests.assertEquals(Arrays.asList(1L, null), Json.parse("[1, null]"));
  }

  static void strings() {
    String escapes = "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00E9\"";
    Tests.assertEquals("\"\\/\b\f\n\r\t\u00e9", Json.parse(escapes));
    for (String string : List.of("", "\"\\\n\0", "\u00e9\u2028\uffff", "\ud83d\ude00", "\ud800")) {
      Tests.assertEquals(string, Json.parse(Json.write(string)));
    }
    Tests.assertEquals("\"\\ud83d\\ude00\\u000a\"", Json.write("\ud83d\ude00\n"));
  }

  static void jsonIsStrict() {
    List<String> texts =
        List.of(
            "", " ", "{", "[", "[1", "[1,", "[1,]", "[,1]", "{}}", "[1}", "1 2", "{1:2}", "{\"a\"}",
            "{\"a\":}", "{\"a\":1,}", "{\"a\" 1}", "01", "+1", "-", "1.", ".5", "1e", "NaN", "tru",
            "True", "nulll", "'a'", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"",
            "\"\\u+123\"", "\"\n\"", "\u00a01", "1e99999999999");
    for (String text : texts) {
      Tests.assertThrows(IllegalArgumentException.class, () -> Json.parse(text), text);
    }
  }

  static void depthIsBounded() {
    Json.parse("[".repeat(1000) + "]".repeat(1000));
    String deep = "[{\"a\":".repeat(1_000_000);
    Tests.assertThrows(IllegalArgumentException.class, () -> Json.parse(deep), "too deep");
  }

  static void fieldsHaveTheirKinds() {
    JsonObject object = JsonObject.parse("{\"n\":1,\"s\":\"a\",\"l\":[\"b\",2],\"null\":null}");
    Tests.assertEquals(1L, object.integer("n"));
    Tests.assertEquals("a", object.string("s"));
    Tests.assertEquals(List.of("b", 2L), object.list("l", Object.class));
    Tests.assertEquals(null, object.get("null"));
    List<Runnable> wrong =
        List.of(
            () -> object.get("none"),
            () -> object.integer("s"),
            () -> object.string("null"),
            () -> object.list("l", String.class),
            () -> object.object("l"));
    for (Runnable action : wrong) {
      Tests.assertThrows(RpcException.class, action, "the wrong kind");
    }
  }
}
