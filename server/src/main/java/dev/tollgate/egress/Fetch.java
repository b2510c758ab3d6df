package dev.tollgate.egress;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * A small request to a URL that is not to be trusted.
 *
 * @param headers one value each; {@code Host} and the length are ours
 * @param body in UTF-8; empty: none
 * @param maximumBytes of the answer's body
 * @param deadline for everything: resolving, connecting, each redirect and the whole answer
 * @param follow whether redirects are followed, each checked; only a GET may
 */
public record Fetch(
    String method,
    URI url,
    Map<String, String> headers,
    String body,
    int maximumBytes,
    Duration deadline,
    boolean follow) {

  public Fetch {
    headers = Map.copyOf(headers);
    if (follow && !method.equals("GET")) {
      throw new IllegalArgumentException("only a GET may follow redirects");
    }
  }

  /** A document: redirects are followed. */
  public static Fetch get(URI url, Map<String, String> headers, int maximum, Duration deadline) {
    return new Fetch("GET", url, headers, "", maximum, deadline, true);
  }

  @Override
  public String toString() {
    return "Fetch[" + method + " " + url.getScheme() + "://" + url.getHost() + "]";
  }
}
