package dev.tollgate.egress;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks over connections that are pinned to a checked address and used once, on an event loop of its
 * own.
 */
final class Fetcher implements AutoCloseable {

  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<String> PRIVATE = Set.of("authorization", "cookie");
  private static final int CONNECT_MILLIS = 5_000;
  private static final int AT_ONCE = 128;
  private static final int WAITING = 512;
  private static final int HEADER_BYTES = 32 * 1024;
  private static final int CLOSE_SECONDS = 5;

  private final Vertx vertx =
      Vertx.vertx(
          new VertxOptions()
              .setEventLoopPoolSize(1)
              .setWorkerPoolSize(1)
              .setInternalBlockingPoolSize(1));
  private final HttpClient client;

  Fetcher(@Nullable TrustOptions trust) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setKeepAlive(false)
            .setVerifyHost(true)
            .setConnectTimeout(CONNECT_MILLIS)
            .setMaxHeaderSize(HEADER_BYTES);
    if (trust != null) {
      options.setTrustOptions(trust);
    }
    this.client =
        vertx.createHttpClient(
            options, new PoolOptions().setHttp1MaxSize(AT_ONCE).setMaxWaitQueueSize(WAITING));
  }

  /** Cancelled, it closes its connection. */
  CompletableFuture<Fetched> run(Egress egress, Fetch fetch) {
    CompletableFuture<Fetched> result = new CompletableFuture<>();
    egress
        .check(fetch.url())
        .whenComplete((pinned, refused) -> {
          if (pinned == null) {
            result.completeExceptionally(Stages.cause(refused));
          } else {
            hop(egress, fetch, pinned, pinned, result);
          }
        });
    return result;
  }

  private void hop(
      Egress egress, Fetch fetch, Pinned first, Pinned at, CompletableFuture<Fetched> result) {
    exchange(fetch, first, at, 0, result)
        .onFailure(result::completeExceptionally)
        .onSuccess(answer -> {
          String location = answer.header("location");
          if (!fetch.follow() || location == null || !REDIRECTS.contains(answer.status())) {
            result.complete(answer);
            return;
          }
          egress
              .redirect(at, location)
              .whenComplete((next, refused) -> {
                if (next == null) {
                  result.completeExceptionally(Stages.cause(refused));
                } else {
                  hop(egress, fetch, first, next, result);
                }
              });
        });
  }

  /** Tries the addresses in their order, as long as no connection stands. */
  private Future<Fetched> exchange(
      Fetch fetch, Pinned first, Pinned at, int index, CompletableFuture<Fetched> result) {
    if (result.isDone()) {
      return Future.failedFuture(unreachable(at, null));
    }
    Future<HttpClientRequest> connected =
        client.request(options(fetch, first, at, at.addresses().get(index)));
    return connected.transform(request -> {
      if (request.succeeded()) {
        return ask(request.result(), fetch, at, result);
      }
      return index + 1 < at.addresses().size()
          ? exchange(fetch, first, at, index + 1, result)
          : Future.failedFuture(unreachable(at, request.cause()));
    });
  }

  private static RequestOptions options(Fetch fetch, Pinned first, Pinned at, InetAddress address) {
    RequestOptions options =
        new RequestOptions()
            .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(address, at.port())))
            .setHost(at.host())
            .setPort(at.port())
            .setSsl(at.tls())
            .setMethod(HttpMethod.valueOf(fetch.method()))
            .setURI(path(at));
    boolean home = at.sameOrigin(first);
    fetch
        .headers()
        .forEach((name, value) -> {
          if (home || !PRIVATE.contains(name.toLowerCase(Locale.ROOT))) {
            options.putHeader(name, value);
          }
        });
    return options;
  }

  private static String path(Pinned at) {
    String path = at.url().getRawPath();
    String query = at.url().getRawQuery();
    return (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
  }

  private static Future<Fetched> ask(
      HttpClientRequest request, Fetch fetch, Pinned at, CompletableFuture<Fetched> result) {
    // What fails fails the answer's future too; without this, Vert.x logs each reset as an error.
    request.exceptionHandler(known -> {});
    result.exceptionally(gone -> {
      request.reset();
      return null;
    });
    Future<HttpClientResponse> sent =
        fetch.body().isEmpty() ? request.send() : request.send(Buffer.buffer(fetch.body()));
    return sent.compose(response -> read(request, response, fetch, at))
        .recover(
            thrown -> Future.failedFuture(thrown instanceof Failure ? thrown : broken(at, thrown)));
  }

  private static Future<Fetched> read(
      HttpClientRequest request, HttpClientResponse response, Fetch fetch, Pinned at) {
    Promise<Fetched> whole = Promise.promise();
    Buffer body = Buffer.buffer();
    response.exceptionHandler(whole::tryFail);
    response.handler(chunk -> {
      if (body.length() + chunk.length() > fetch.maximumBytes()) {
        whole.tryFail(
            Failure.of(
                ErrorCode.UPSTREAM_INVALID,
                "the answer of "
                    + at.host()
                    + " has more than "
                    + fetch.maximumBytes()
                    + " bytes"));
        request.reset();
      } else {
        body.appendBuffer(chunk);
      }
    });
    response.endHandler(end ->
        whole.tryComplete(
            new Fetched(at.url(), response.statusCode(), headers(response), body.toString())));
    return whole.future();
  }

  private static Map<String, List<String>> headers(HttpClientResponse response) {
    Map<String, List<String>> headers = new HashMap<>();
    for (String name : response.headers().names()) {
      headers.put(name.toLowerCase(Locale.ROOT), response.headers().getAll(name));
    }
    return headers;
  }

  private static Failure broken(Pinned at, Throwable cause) {
    return Failure.of(
        ErrorCode.UPSTREAM_INVALID, "the connection to " + at.host() + " broke", cause);
  }

  private static Failure unreachable(Pinned at, @Nullable Throwable cause) {
    String message = "no answer came from " + at.host();
    return cause == null
        ? Failure.of(ErrorCode.UPSTREAM_UNREACHABLE, message)
        : Failure.of(ErrorCode.UPSTREAM_UNREACHABLE, message, cause);
  }

  @Override
  public void close() {
    try {
      vertx.close().toCompletionStage().toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException stuck) {
      throw new IllegalStateException("closing the client", stuck);
    }
  }
}
