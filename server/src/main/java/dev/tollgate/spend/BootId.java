package dev.tollgate.spend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Which start of this machine the process runs in. What was written without a sync and is read in
 * the same start is whole: only the machine's own crash loses the page cache.
 *
 * <p>Source: Linux {@code random(4)}; macOS {@code kern.bootsessionuuid}.
 */
final class BootId {

  /** No source on this machine: nothing that was not synced can be trusted. */
  static final String UNKNOWN = "";

  private static final int LONGEST = 64;

  private BootId() {}

  /** At most 64 ASCII characters, or {@link #UNKNOWN}. */
  static String read() {
    try {
      Path linux = Path.of("/proc/sys/kernel/random/boot_id");
      String id = Files.isReadable(linux) ? Files.readString(linux).strip() : sysctl();
      return id.length() <= LONGEST && id.chars().allMatch(c -> c > ' ' && c < 127) ? id : UNKNOWN;
    } catch (IOException unreadable) {
      return UNKNOWN;
    }
  }

  /**
   * As {@link #read}, of this directory alone: a copy of it, in which another process goes on, does
   * not know what became of what the copied one held.
   */
  static String of(Path directory) {
    String boot = read();
    try {
      OwnerFiles.directory(directory);
      String place =
          "%x.%x"
              .formatted(
                  ((Number) Files.getAttribute(directory, "unix:dev")).longValue(),
                  ((Number) Files.getAttribute(directory, "unix:ino")).longValue());
      String id = boot + "/" + place;
      return boot.equals(UNKNOWN) || id.length() > LONGEST ? UNKNOWN : id;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return UNKNOWN;
    }
  }

  private static String sysctl() throws IOException {
    if (!System.getProperty("os.name", "").startsWith("Mac")) {
      return UNKNOWN;
    }
    Process process =
        new ProcessBuilder("/usr/sbin/sysctl", "-n", "kern.bootsessionuuid")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!process.waitFor(2, TimeUnit.SECONDS) || process.exitValue() != 0) {
        return UNKNOWN;
      }
      return new String(
              process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII)
          .strip();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return UNKNOWN;
    } finally {
      process.destroyForcibly();
    }
  }
}
