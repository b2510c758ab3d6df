package dev.tollgate.simulator;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;

/**
 * A request as it arrived.
 *
 * @param path with its query
 * @param headers in their order, names as they were written
 * @param body byte for byte; not to be changed
 */
public record Recorded(
    String method, String path, List<Map.Entry<String, String>> headers, Buffer body) {

  /** The first value of a header, whatever its case; "" where there is none. */
  public String header(String name) {
    return headers.stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }
}
