package dev.tollgate.bootstrap;

import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.PriceCatalogue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be told of a configuration without starting anything. */
final class Preflight {

  private Preflight() {}

  /** Everything that a start would fail at; empty: nothing is known. */
  static List<String> problems(Config config) {
    List<String> problems = new ArrayList<>();
    ListenSection.Tls tls = config.listen().tls();
    if (tls != null) {
      boolean _ = readable("listen.tls.certificate", tls.certificate(), problems);
      boolean _ = readable("listen.tls.private-key", tls.privateKey(), problems);
      boolean _ = readable("listen.tls.client-ca", tls.clientCa(), problems);
    }
    Path overlay = config.spend().pricesOverlay();
    if (overlay != null) {
      if (readable("spend.prices-overlay", overlay, problems)) {
        told(() -> PriceCatalogue.load(overlay), problems);
      }
    }
    told(() -> Node.requireProviders(config), problems);
    return problems;
  }

  private static boolean readable(String key, @Nullable Path file, List<String> problems) {
    if (file == null || Files.isReadable(file)) {
      return true;
    }
    problems.add(
        key + ": " + file + (Files.exists(file) ? " cannot be read" : ": there is no such file"));
    return false;
  }

  private static void told(Runnable look, List<String> problems) {
    try {
      look.run();
    } catch (Failure failure) {
      problems.add(String.valueOf(failure.getMessage()));
    }
  }
}
