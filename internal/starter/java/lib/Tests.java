import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** Runs all tests: the methods of the test classes that are not private. */
final class Tests {
  public static void main(String[] args) throws IllegalAccessException {
    int failed = 0;
    for (Class<?> tests : List.of(JsonTest.class, NodeTest.class, MainTest.class)) {
      Method[] methods = tests.getDeclaredMethods();
      Arrays.sort(methods, Comparator.comparing(Method::getName));
      for (Method test : methods) {
        if (Modifier.isPrivate(test.getModifiers())) {
          continue;
        }
        String name = tests.getName() + "." + test.getName();
        try {
          test.invoke(null);
          System.out.println("ok    " + name);
        } catch (InvocationTargetException e) {
          failed++;
          System.out.println("FAIL  " + name);
          e.getCause().printStackTrace(System.out);
        }
      }
    }
    System.exit(failed == 0 ? 0 : 1);
  }

  static void assertEquals(Object expected, Object actual) {
    if (!Objects.equals(expected, actual)) {
      throw new AssertionError("want " + expected + ", got " + actual);
    }
  }

  static void assertThrows(Class<? extends RuntimeException> kind, Runnable action, String about) {
    try {
      action.run();
    } catch (RuntimeException e) {
      if (kind.isInstance(e)) {
        return;
      }
      throw e;
    }
    throw new AssertionError("no " + kind.getName() + ": " + about);
  }
}
