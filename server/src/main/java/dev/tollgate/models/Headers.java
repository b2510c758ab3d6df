package dev.tollgate.models;

import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which headers cross the gateway: all but those of the connection and those that carry the
 * caller's or the provider's credentials. Nothing is allow-listed, so that betas pass.
 *
 * <p>Source: RFC 9110, section 7.6.1, for what belongs to a connection.
 */
final class Headers {

  private static final Set<String> CONNECTION =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "http2-settings");

  private static final Set<String> NOT_UP =
      Set.of(
          "host",
          "content-length",
          "expect",
          "authorization",
          "x-api-key",
          "api-key",
          "accept-encoding",
          "cookie",
          "x-request-id");

  private static final Set<String> NOT_DOWN =
      Set.of("content-length", "content-encoding", "set-cookie", "x-request-id", "alt-svc");

  private static final String OURS = "x-tollgate-";

  private Headers() {}

  /** From the caller to a provider. */
  static void up(MultiMap caller, MultiMap provider) {
    copy(caller, provider, NOT_UP);
  }

  /** From a provider to the caller. */
  static void down(MultiMap provider, MultiMap caller) {
    copy(provider, caller, NOT_DOWN);
  }

  private static void copy(MultiMap source, MultiMap target, Set<String> withheld) {
    for (Map.Entry<String, String> header : source) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (!CONNECTION.contains(name) && !withheld.contains(name) && !name.startsWith(OURS)) {
        target.add(header.getKey(), header.getValue());
      }
    }
  }
}
