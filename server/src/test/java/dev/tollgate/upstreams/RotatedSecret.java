package dev.tollgate.upstreams;

import static org.awaitility.Awaitility.await;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;

/** A process that calls with one token, then with the next, and dumps its heap. */
public final class RotatedSecret {

  private RotatedSecret() {}

  /** Arguments: the server, a seed, the file to dump to. Says {@code dumped}. */
  public static void main(String[] arguments) throws IOException {
    URI server = URI.create(arguments[0]);
    long seed = Long.parseLong(arguments[1]);
    Node node = new Node(UpstreamsConfig.DEFAULT);
    call(node, server, 1, Node.bearer(secret(seed, 1)));
    Authority second = Node.bearer(secret(seed, 2));
    call(node, server, 2, second);
    await().atMost(Duration.ofSeconds(60)).until(() -> node.upstreams.sessionCount() <= 2);
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(arguments[2], true);
    System.out.println("dumped");
    call(node, server, 2, second);
    System.exit(0);
  }

  private static void call(Node node, URI server, int version, Authority authority) {
    node.call(Node.target(server, version, authority), "echo").result();
  }

  /** The same in every process, and in no class file. */
  static String secret(long seed, int version) {
    Random random = new Random(seed + version);
    byte[] letters = new byte[48];
    for (int i = 0; i < letters.length; i++) {
      letters[i] = (byte) ('a' + random.nextInt(26));
    }
    return new String(letters, StandardCharsets.US_ASCII);
  }
}
