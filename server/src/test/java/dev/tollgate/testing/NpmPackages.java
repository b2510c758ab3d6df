package dev.tollgate.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Programs in JavaScript with what npm installed for them.
 *
 * @param folder where they are, from the project's own folder
 */
record NpmPackages(String folder) {

  private static final JsonMapper JSON = new JsonMapper();

  /** Whether a package is installed. */
  boolean has(String name) {
    return Files.isDirectory(home().resolve("node_modules").resolve(name));
  }

  Path home() {
    Path at = Path.of("").toAbsolutePath();
    while (at != null && !Files.isDirectory(at.resolve(folder))) {
      at = at.getParent();
    }
    if (at == null) {
      throw new IllegalStateException(folder + " is not above the working directory");
    }
    return at.resolve(folder);
  }

  /** Node.js: the one that npm brought, or the machine's. */
  String node() {
    Path own = home().resolve("node_modules/.bin/node");
    return Files.exists(own) ? own.toString() : "node";
  }

  /**
   * Runs a program to its end.
   *
   * @param words its file, and its arguments
   * @return the lines that it wrote, each of which is JSON
   */
  List<JsonNode> run(List<String> words, Map<String, String> environment, String input) {
    List<String> command = new ArrayList<>(words);
    command.set(0, home().resolve(words.getFirst()).toString());
    command.addFirst(node());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      process.outputWriter().write(input);
      process.outputWriter().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new AssertionError(words + ": " + output);
      }
      List<JsonNode> lines = new ArrayList<>();
      output.lines().forEach(line -> lines.add(JSON.readTree(line)));
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
