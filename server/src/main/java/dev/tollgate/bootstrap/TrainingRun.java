package dev.tollgate.bootstrap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A handful of calls of every common kind, so that the JVM that records them knows what to keep in
 * its ahead-of-time cache (JEP 514).
 */
final class TrainingRun {

  private static final int ROUNDS = 20;
  private static final List<String> BODIES =
      List.of(
          "{\"model\":\"claude-sonnet-5-5\",\"max_tokens\":50,\"messages\":"
              + "[{\"role\":\"user\",\"content\":\"Hello\"}]}",
          "{\"model\":\"claude-haiku-5-5\",\"max_tokens\":50,\"stream\":true,\"messages\":"
              + "[{\"role\":\"user\",\"content\":\"Hello\"}]}");

  private final Node node;
  private final HttpClient http = HttpClient.newHttpClient();

  private TrainingRun(Node node) {
    this.node = node;
  }

  static void on(Node node) {
    new TrainingRun(node).run();
  }

  private void run() {
    String key = DataDirectory.read(DataDirectory.organizationKey(node.data()));
    String administrator = DataDirectory.read(DataDirectory.administratorKey(node.data()));
    for (int round = 0; round < ROUNDS; round++) {
      BODIES.forEach(body -> call("/v1/messages", key, body));
      BODIES.forEach(body ->
          call("/v1/chat/completions", key, body.replace("claude-sonnet-5-5", "gpt-4o-mini")));
      call("/v1/models", key, null);
      call("/v1/usage", key, null);
      call("/health/budget", administrator, null);
      call("/metrics", administrator, null);
      call("/health/ready", null, null);
    }
  }

  private void call(String path, @Nullable String key, @Nullable String body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node.url() + path));
    if (key != null) {
      request.header("authorization", "Bearer " + key);
    }
    if (body != null) {
      request.POST(HttpRequest.BodyPublishers.ofString(body));
    }
    try {
      http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
