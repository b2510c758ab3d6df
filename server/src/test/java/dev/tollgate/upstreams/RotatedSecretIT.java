package dev.tollgate.upstreams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.testing.ChildJvm;
import dev.tollgate.testing.Scratch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is left in memory of a token that was rotated. */
class RotatedSecretIT {

  private final SessionServer server = new SessionServer();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void nothingIsLeftOfATokenWhoseSessionsAreClosed() throws IOException {
    long seed = System.nanoTime();
    Path heap = Scratch.directory("heap").resolve("after.hprof");
    try (ChildJvm child =
        ChildJvm.start(
            RotatedSecret.class, server.url().toString(), Long.toString(seed), heap.toString())) {
      child.awaitLine("dumped");
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() ->
            assertThat(server.sessions.values())
                .noneMatch(each ->
                    String.valueOf(each.authorization).contains(RotatedSecret.secret(seed, 1))));
    assertThat(contains(heap, RotatedSecret.secret(seed, 2)))
        .as("the token that is used is there, or this would find none")
        .isTrue();
    assertThat(contains(heap, RotatedSecret.secret(seed, 1))).isFalse();
    Files.delete(heap);
  }

  private static boolean contains(Path file, String text) throws IOException {
    byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
    byte[] buffer = new byte[1 << 20];
    int kept = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer, kept, buffer.length - kept);
          read >= 0;
          read = in.read(buffer, kept, buffer.length - kept)) {
        int filled = kept + read;
        if (find(buffer, filled, wanted)) {
          return true;
        }
        kept = Math.min(filled, wanted.length - 1);
        System.arraycopy(buffer, filled - kept, buffer, 0, kept);
      }
    }
    return false;
  }

  private static boolean find(byte[] in, int length, byte[] wanted) {
    for (int at = 0; at + wanted.length <= length; at++) {
      int same = 0;
      while (same < wanted.length && in[at + same] == wanted[same]) {
        same++;
      }
      if (same == wanted.length) {
        return true;
      }
    }
    return false;
  }
}
