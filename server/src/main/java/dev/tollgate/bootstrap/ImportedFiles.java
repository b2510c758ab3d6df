package dev.tollgate.bootstrap;

import dev.tollgate.litellm.Carried;
import dev.tollgate.spend.PriceCatalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a configuration and its price overlay, once the house's own readers have taken them.
 *
 * @param out null: standard output
 * @param force whether a file that differs is written over
 */
record ImportedFiles(@Nullable Path out, Path overlay, boolean force) {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private static final Pattern VARIABLE =
      Pattern.compile("(?<!\\$)\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

  void write(Carried carried, ImportReport report) throws IOException {
    check(carried);
    if (out == null) {
      report.configuration(carried.configuration());
    } else {
      write(out, carried.configuration());
      report.wrote(out);
    }
    if (carried.prices() != null) {
      write(overlay, JSON.writeValueAsString(carried.prices()) + "\n");
      report.wrote(overlay);
    }
  }

  private void check(Carried carried) throws IOException {
    Map<String, String> environment = new HashMap<>();
    Matcher variables = VARIABLE.matcher(carried.configuration());
    variables
        .results()
        .forEach(result ->
            environment.put(
                result.group(1), result.group(1).toLowerCase(Locale.ROOT).replace('_', '-')));
    environment.putAll(carried.standIns());
    if (ConfigFile.read(carried.configuration(), Path.of(""), null, environment)
        instanceof ConfigFile.Loaded.Bad bad) {
      throw new IllegalArgumentException(
          "what this comes to is no configuration: " + String.join("; ", bad.problems()));
    }
    if (carried.prices() != null) {
      Path trial = Files.createTempFile("tollgate-", ".json");
      try {
        Files.writeString(trial, JSON.writeValueAsString(carried.prices()));
        PriceCatalogue.load(trial);
      } catch (dev.tollgate.kernel.Failure e) {
        throw new IllegalArgumentException("its prices cannot be used: " + e.getMessage(), e);
      } finally {
        Files.deleteIfExists(trial);
      }
    }
  }

  private void write(Path file, String text) throws IOException {
    if (Files.exists(file)) {
      if (Files.readString(file).equals(text)) {
        return;
      }
      if (!force) {
        throw new IllegalArgumentException(
            file + " is there and differs: name another by --out, or write over it by --force");
      }
    }
    Path fresh =
        Files.createTempFile(file.toAbsolutePath().getParent(), file.getFileName() + ".", ".new");
    try {
      Files.writeString(fresh, text);
      Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
