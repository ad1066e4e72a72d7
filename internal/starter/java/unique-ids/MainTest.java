import java.util.HashSet;
import java.util.List;
import java.util.Set;

final class MainTest {
  static void idsDiffer() {
    Cluster cluster = new Cluster(Main::new, "n1", "n2");
    Set<Object> ids = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      for (String node : List.of("n1", "n2")) {
        ids.add(cluster.request(node, "{\"type\": \"generate\"}").get("id"));
      }
    }
    Tests.assertEquals(200, ids.size());
  }
}
