package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code tollgate serve --data} as a process of its own, with everything embedded. */
final class NodeProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final JsonMapper JSON = new JsonMapper();

  private final Process process;
  private final Path data;
  private final String url;
  private final HttpClient http = HttpClient.newHttpClient();

  private NodeProcess(Process process, Path data, String url) {
    this.process = process;
    this.data = data;
    this.url = url;
  }

  /** Starts a node on {@code data} and waits until it serves. */
  static NodeProcess start(Path data) throws IOException {
    return start(data, tollgate("serve", "--data", data.toString()));
  }

  /** Starts a node on {@code data} and servers that are not its own; waits until it serves. */
  static NodeProcess start(Path data, Path config, String administrator) throws IOException {
    ProcessBuilder command =
        tollgate("serve", "--config", config.toString(), "--data", data.toString());
    command.environment().put("TOLLGATE_ADMIN_KEY", administrator);
    return start(data, command);
  }

  private static NodeProcess start(Path data, ProcessBuilder command) throws IOException {
    Path address = DataDirectory.address(data);
    // That of a process that was killed is still there.
    Files.deleteIfExists(address);
    Process process =
        command
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      await()
          .atMost(PATIENCE)
          .failFast("the node ended before it served", () -> !process.isAlive())
          .until(() -> Files.exists(address) && !Files.readString(address).isBlank());
      NodeProcess node = new NodeProcess(process, data, Files.readString(address).strip());
      // What a journal has of a process that was killed is charged first.
      await()
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .failFast("the node ended before it was ready", () -> !process.isAlive())
          .until(() -> node.send("GET", "/health/ready", "", "").statusCode() == 200);
      return node;
    } catch (RuntimeException failed) {
      process.destroyForcibly();
      throw failed;
    }
  }

  /** A command of ours, on our class path. */
  static ProcessBuilder tollgate(String... arguments) {
    List<String> words = new ArrayList<>(TryOut.java());
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx256m"));
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    words.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().keySet().removeIf(name -> name.startsWith("TOLLGATE_"));
    builder.environment().keySet().removeAll(List.of("DATABASE_URL", "REDIS_URL"));
    builder.environment().put("TOLLGATE_LISTEN_PORT", "0");
    return builder;
  }

  /** The exit status of a command, and what it said on both of its outputs. */
  record Said(int status, String text) {}

  /** Runs a command to its end. */
  static Said run(Path output, String... arguments) throws IOException, InterruptedException {
    return run(output, tollgate(arguments));
  }

  static Said run(Path output, ProcessBuilder command) throws IOException, InterruptedException {
    Process process = command.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .as("%s has ended", command.command())
          .isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Said(process.exitValue(), Files.readString(output));
  }

  /** A call with the key of the organization {@code default}. */
  HttpResponse<String> call(String directives) throws IOException, InterruptedException {
    return call(
        String.valueOf(DataDirectory.read(DataDirectory.organizationKey(data))), directives);
  }

  /** A call with any key. */
  HttpResponse<String> call(String key, String directives)
      throws IOException, InterruptedException {
    return send(
        "POST",
        "/v1/messages",
        key,
        "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":50,\"messages\":[{\"role\":\"user\","
            + "\"content\":\"Hi [[sim: %s]]\"}]}".formatted(directives));
  }

  /** A request of the first administrator, that must succeed. */
  JsonNode admin(String method, String path, String body) throws IOException, InterruptedException {
    String key = String.valueOf(DataDirectory.read(DataDirectory.administratorKey(data)));
    return admin(key, method, path, body);
  }

  /** A request with an administrator's key, that must succeed. */
  JsonNode admin(String key, String method, String path, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> response = send(method, "/admin/v1" + path, key, body);
    assertThat(response.statusCode()).as(response.body()).isLessThan(300);
    return JSON.readTree(response.body());
  }

  private HttpResponse<String> send(String method, String path, String key, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(url + path))
            .header("authorization", "Bearer " + key)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Where it is reached. */
  String url() {
    return url;
  }

  /** As {@code kill -9}. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** As {@code kill}; the exit status. */
  int terminate() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("the node has ended")
        .isTrue();
    return process.exitValue();
  }

  @Override
  public void close() {
    http.shutdownNow();
    if (process.isAlive()) {
      process.destroy();
      try {
        boolean ended = process.waitFor(120, TimeUnit.SECONDS);
        if (!ended) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        process.destroyForcibly();
      }
    }
  }
}
