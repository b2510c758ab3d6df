package dev.tollgate.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** MCP's conformance suite of npm, run against a server. */
public final class Conformance {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Set<String> PASSED = Set.of("SUCCESS", "INFO");
  private static final long PATIENCE_SECONDS = 170;

  private Conformance() {}

  /**
   * Runs every scenario that a revision has.
   *
   * @return what passed or was merely noted: {@code scenario: check}, sorted, once for each time
   */
  public static List<String> passed(String url, String revision) {
    Path results = Scratch.directory("conformance");
    Path log = results.resolve("log.txt");
    List<String> words =
        List.of(
            McpPartners.node(),
            McpPartners.program("conformance"),
            "server",
            "--url",
            url,
            "--suite",
            "all",
            "--spec-version",
            revision,
            "--output-dir",
            results.toString());
    try {
      Process process =
          new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("the suite takes too long: " + Files.readString(log));
      }
      return read(results);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> read(Path results) throws IOException {
    List<String> passed = new ArrayList<>();
    try (Stream<Path> scenarios = Files.list(results)) {
      for (Path scenario : scenarios.filter(Files::isDirectory).toList()) {
        String name = scenario.getFileName().toString().replaceFirst("-20\\d\\d-\\d\\d-.*Z$", "");
        for (JsonNode check : JSON.readTree(scenario.resolve("checks.json").toFile())) {
          // Merely noted is, for example, an answer that is no stream although it might be one.
          if (PASSED.contains(check.path("status").stringValue(""))) {
            passed.add(name + ": " + check.path("id").stringValue(""));
          }
        }
      }
    }
    passed.sort(null);
    return passed;
  }
}
