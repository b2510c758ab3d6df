package dev.tollgate.simulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Requests without an SDK, so that every byte of the answer shows. */
final class Raw {

  static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static final int PATIENCE_MILLIS = 60_000;

  private Raw() {}

  /** Waits as long as a busy machine may take. */
  static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofMillis(PATIENCE_MILLIS));
  }

  /** How a connection ended. */
  enum End {
    END_OF_STREAM,
    RESET
  }

  /** All that arrived until the connection ended, and how it did. */
  record Read(String text, End end) {}

  /** Returns when the simulator has seen the end of every call. */
  static void awaitIdle(Simulator simulator) {
    await().until(() -> simulator.stats().active() == 0);
  }

  static String ask(String said, boolean stream) {
    return """
    {"model":"claude-haiku-5-5","max_tokens":200,"stream":%s,\
    "messages":[{"role":"user","content":"%s"}]}\
    """
        .formatted(stream, said);
  }

  static HttpResponse<byte[]> post(String url, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofMillis(PATIENCE_MILLIS))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  static HttpResponse<String> get(String url) throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }

  static HttpResponse<String> put(String url, String body)
      throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create(url))
            .PUT(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** A connection on which {@code body} was posted, and nothing read. */
  static Socket open(Simulator simulator, String body) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), simulator.port());
    socket.setSoTimeout(PATIENCE_MILLIS);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "POST /v1/messages HTTP/1.1\r\nhost: simulator\r\ncontent-length: %d\r\n\r\n"
            .formatted(bytes.length);
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(bytes);
    return socket;
  }

  static Read readAll(Simulator simulator, String body) throws IOException {
    try (Socket socket = open(simulator, body)) {
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      try {
        socket.getInputStream().transferTo(read);
        return new Read(read.toString(StandardCharsets.UTF_8), End.END_OF_STREAM);
      } catch (SocketException e) {
        return new Read(read.toString(StandardCharsets.UTF_8), End.RESET);
      }
    }
  }
}
