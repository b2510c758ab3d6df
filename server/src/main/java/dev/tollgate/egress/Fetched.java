package dev.tollgate.egress;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link Fetch}, whatever its status.
 *
 * @param url where it came from, behind redirects
 * @param headers by lower-case name, the values in their order
 * @param body read as UTF-8
 */
public record Fetched(URI url, int status, Map<String, List<String>> headers, String body) {

  /** The first value of a header, by its lower-case name. */
  public @Nullable String header(String name) {
    List<String> values = headers.get(name);
    return values == null ? null : values.getFirst();
  }

  @Override
  public String toString() {
    return "Fetched[" + status + ", " + body.length() + " characters]";
  }
}
