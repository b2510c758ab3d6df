package dev.tollgate.http.engine;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** The key of a request, sent in either SDK's way: a bearer token or {@code x-api-key}. */
final class Keys {

  private static final String BEARER = "bearer ";

  private Keys() {}

  static @Nullable String of(HttpServerRequest request) {
    String bearer = bearer(request.getHeader(HttpHeaders.AUTHORIZATION));
    String apiKey = request.getHeader("x-api-key");
    if (apiKey == null || apiKey.isEmpty()) {
      return bearer;
    }
    return bearer != null && bearer.startsWith("tg_") ? bearer : apiKey;
  }

  private static @Nullable String bearer(@Nullable String authorization) {
    if (authorization == null
        || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return null;
    }
    String token = authorization.substring(BEARER.length()).strip();
    return token.isEmpty() ? null : token;
  }
}
