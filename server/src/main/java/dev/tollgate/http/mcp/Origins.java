package dev.tollgate.http.mcp;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps out what a web page of somebody else sends (MCP 2026-07-28, Streamable HTTP, Security). On
 * a loopback listener both Host and Origin must be loopback, at any port; elsewhere an Origin must
 * be the host's own or a configured one.
 */
final class Origins {

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  private final McpConfig config;

  Origins(McpConfig config) {
    this.config = config;
  }

  /** Throws {@code FORBIDDEN} for a request that may be no client's. */
  void require(HttpServerRequest request) {
    @Nullable String host = request.authority() == null ? null : request.authority().host();
    String origin = request.getHeader("origin");
    if (config.loopback() && (host == null || !LOOPBACK.contains(lower(host)))) {
      throw Failure.of(ErrorCode.FORBIDDEN, "this listener is reached as localhost only");
    }
    if (origin != null && !config.origins().contains(origin) && !own(origin, host)) {
      throw Failure.of(ErrorCode.FORBIDDEN, "the origin " + printable(origin) + " is not let in");
    }
  }

  private boolean own(String origin, @Nullable String host) {
    try {
      String from = URI.create(origin).getHost();
      if (from == null) {
        return false;
      }
      return config.loopback()
          ? LOOPBACK.contains(lower(from))
          : host != null && lower(from).equals(lower(host));
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static String printable(String origin) {
    return origin.length() > 100 ? origin.substring(0, 100) : origin;
  }
}
