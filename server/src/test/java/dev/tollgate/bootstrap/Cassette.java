package dev.tollgate.bootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A request as a client sends it: its first line, its headers, a blank line, and its body byte for
 * byte.
 */
record Cassette(String method, String path, List<Map.Entry<String, String>> headers, String body) {

  /** The file {@code NAME.http} of a folder of the tests' resources. */
  static Cassette read(String folder, String name) {
    String text = text("/" + folder + "/" + name + ".http");
    int blank = text.indexOf("\n\n");
    String[] head = text.substring(0, blank).split("\n", -1);
    String[] first = head[0].split(" ", -1);
    return new Cassette(
        first[0],
        first[1],
        Arrays.stream(head, 1, head.length)
            .map(line -> line.split(": ", 2))
            .map(parts -> Map.entry(parts[0], parts[1]))
            .toList(),
        text.substring(blank + 2));
  }

  private static String text(String resource) {
    try (InputStream in = Cassette.class.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same with another model. */
  Cassette asking(String model) {
    return new Cassette(
        method,
        path,
        headers,
        body.replaceFirst("\"model\"(\\s*:\\s*)\"[^\"]*\"", "\"model\"$1\"" + model + "\""));
  }

  /** To be sent to {@code base} with a bearer's key. */
  HttpRequest to(String base, String key) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .header("authorization", "Bearer " + key)
            .method(method, BodyPublishers.ofString(body));
    headers.forEach(header -> request.header(header.getKey(), header.getValue()));
    return request.build();
  }
}
