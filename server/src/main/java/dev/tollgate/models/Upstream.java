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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request to a provider: sent once, cancelled at most once. Lives on its event loop. */
final class Upstream {

  private static final CharSequence IDENTITY = HttpHeaders.createOptimized("identity");
  private static final CharSequence VERSION = HttpHeaders.createOptimized("anthropic-version");
  private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-request-id");

  /** The version that translated requests are written in (Anthropic's API reference). */
  private static final String ANTHROPIC_VERSION = "2023-06-01";

  private @Nullable HttpClientRequest request;
  private boolean sent;
  private boolean cancelled;

  /**
   * Sends {@code body}. Fails with {@code UPSTREAM_UNREACHABLE} where nothing was sent.
   *
   * @param leg whose words {@code body} are, but for what the plan changed
   * @param model as we call it
   */
  Future<HttpClientResponse> send(
      HttpClient client,
      Provider provider,
      String key,
      ModelCall call,
      Leg leg,
      String model,
      Buffer body) {
    return send(
        client,
        provider,
        key,
        provider.target(leg.surface(), leg.path(), model),
        headers -> callers(call, leg, provider, headers),
        call.requestId(),
        body);
  }

  private static void callers(ModelCall call, Leg leg, Provider provider, MultiMap headers) {
    if (leg.crossing() == null) {
      Headers.up(call.request().headers(), headers);
      return;
    }
    Headers.across(call.request().headers(), headers);
    if (provider.dialect() == Dialect.ANTHROPIC) {
      headers.set(VERSION, ANTHROPIC_VERSION);
    }
  }

  /** Sends a {@code body} of ours, which is JSON, to the same end. */
  Future<HttpClientResponse> send(
      HttpClient client,
      Provider provider,
      String key,
      Surface surface,
      String model,
      String requestId,
      Buffer body) {
    return send(
        client,
        provider,
        key,
        provider.target(surface, surface.path(), model),
        headers -> ours(provider, headers),
        requestId,
        body);
  }

  private static void ours(Provider provider, MultiMap headers) {
    headers.set(HttpHeaders.CONTENT_TYPE, "application/json");
    if (provider.dialect() == Dialect.ANTHROPIC) {
      headers.set(VERSION, ANTHROPIC_VERSION);
    }
  }

  private Future<HttpClientResponse> send(
      HttpClient client,
      Provider provider,
      String key,
      String target,
      Consumer<MultiMap> head,
      String requestId,
      Buffer body) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(provider.host())
            .setPort(provider.port())
            .setSsl(provider.tls())
            .setURI(target);
    return client
        .request(options)
        .recover(unreachable -> Future.failedFuture(unreachable(provider, unreachable)))
        .compose(opened -> write(opened, provider, key, head, requestId, body));
  }

  /**
   * Passes a request for what the provider keeps, with its method and without a body.
   *
   * @param path below the base URL, its query included
   */
  Future<HttpClientResponse> pass(
      HttpClient client, Provider provider, String key, ObjectCall call, String path) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(call.request().method())
            .setHost(provider.host())
            .setPort(provider.port())
            .setSsl(provider.tls())
            .setURI(provider.target(path));
    return client
        .request(options)
        .recover(unreachable -> Future.failedFuture(unreachable(provider, unreachable)))
        .compose(opened -> {
          quiet(opened);
          head(
              opened,
              provider,
              key,
              headers -> Headers.up(call.request().headers(), headers),
              call.requestId());
          return cancelled ? cancelled(opened) : opened.send();
        });
  }

  private static Failure unreachable(Provider provider, Throwable cause) {
    return Failure.of(
        ErrorCode.UPSTREAM_UNREACHABLE,
        "provider " + provider.name() + " cannot be reached; nothing was charged",
        cause);
  }

  private Future<HttpClientResponse> write(
      HttpClientRequest opened,
      Provider provider,
      String key,
      Consumer<MultiMap> head,
      String requestId,
      Buffer body) {
    request = opened;
    quiet(opened);
    if (cancelled) {
      return cancelled(opened);
    }
    head(opened, provider, key, head, requestId);
    sent = true;
    return opened.send(body);
  }

  /** What fails fails the answer's future too; else Vert.x logs each cancel as an error. */
  private static void quiet(HttpClientRequest opened) {
    opened.exceptionHandler(known -> {});
  }

  private static Future<HttpClientResponse> cancelled(HttpClientRequest opened) {
    opened.reset();
    return Future.failedFuture("cancelled before it was sent");
  }

  private void head(
      HttpClientRequest opened,
      Provider provider,
      String key,
      Consumer<MultiMap> head,
      String requestId) {
    request = opened;
    MultiMap headers = opened.headers();
    head.accept(headers);
    headers.set(HttpHeaders.ACCEPT_ENCODING, IDENTITY);
    headers.set(REQUEST_ID, requestId);
    provider.authenticate(headers, key);
    provider.config().headers().forEach(headers::set);
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
