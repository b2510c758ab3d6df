package dev.tollgate.models;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import org.jspecify.annotations.Nullable;

/** One request to a provider: sent once, cancelled at most once. Lives on its event loop. */
final class Upstream {

  private static final CharSequence IDENTITY = HttpHeaders.createOptimized("identity");
  private static final CharSequence API_KEY = HttpHeaders.createOptimized("x-api-key");
  private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-request-id");

  private @Nullable HttpClientRequest request;
  private boolean sent;
  private boolean cancelled;

  /**
   * Sends {@code body}. Fails with {@code UPSTREAM_UNREACHABLE} where nothing was sent.
   *
   * @param path of the surface, its query included
   */
  Future<HttpClientResponse> send(
      HttpClient client, Provider provider, String key, ModelCall call, String path, Buffer body) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(provider.host())
            .setPort(provider.port())
            .setSsl(provider.tls())
            .setURI(provider.basePath() + path);
    return client
        .request(options)
        .recover(unreachable -> Future.failedFuture(unreachable(provider, unreachable)))
        .compose(opened -> write(opened, provider, key, call, body));
  }

  private static Failure unreachable(Provider provider, Throwable cause) {
    return Failure.of(
        ErrorCode.UPSTREAM_UNREACHABLE,
        "provider " + provider.name() + " cannot be reached; nothing was charged",
        cause);
  }

  private Future<HttpClientResponse> write(
      HttpClientRequest opened, Provider provider, String key, ModelCall call, Buffer body) {
    request = opened;
    if (cancelled) {
      opened.reset();
      return Future.failedFuture("cancelled before it was sent");
    }
    MultiMap headers = opened.headers();
    Headers.up(call.request().headers(), headers);
    headers.set(HttpHeaders.ACCEPT_ENCODING, IDENTITY);
    headers.set(REQUEST_ID, call.requestId());
    switch (provider.dialect()) {
      case ANTHROPIC -> headers.set(API_KEY, key);
      case OPENAI -> headers.set(HttpHeaders.AUTHORIZATION, "Bearer " + key);
    }
    provider.config().headers().forEach(headers::set);
    sent = true;
    return opened.send(body);
  }

  /** Whether anything may have reached the provider. */
  boolean sent() {
    return sent;
  }

  /** Ends the request and its connection's use; the provider stops generating. */
  void cancel() {
    cancelled = true;
    if (request != null) {
      request.reset();
    }
  }
}
