package dev.tollgate.bootstrap;

import dev.tollgate.kernel.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/** A Redis to use: {@code redis://user:password@host:port/number}, or {@code rediss://} for TLS. */
public record RedisUrl(Secret url) {

  /**
   * Takes {@code text} if it is one.
   *
   * @throws IllegalArgumentException that does not show it: it holds a password
   */
  static RedisUrl parse(String text) {
    try {
      URI uri = new URI(text);
      if (uri.getHost() != null && List.of("redis", "rediss").contains(uri.getScheme())) {
        return new RedisUrl(new Secret(text));
      }
    } catch (URISyntaxException _) {
      // Told below, without the text.
    }
    throw new IllegalArgumentException(
        "must be a URL such as redis://user:password@host:6379/0 or rediss://…; special"
            + " characters of a password are written as %40 and the like");
  }
}
