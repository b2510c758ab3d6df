package dev.tollgate.models;

import dev.tollgate.kernel.Deadlines.Deadline;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.keyring.OwnKeys;
import dev.tollgate.limits.Demand;
import dev.tollgate.limits.Readings;
import dev.tollgate.objects.Maker;
import io.vertx.core.Context;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a provider keeps, for the organization that it was made for: asked for with the key that
 * made it, and passed on as it is. It costs nothing, so the ledger has no entry of it. What is
 * another's and what does not exist are the same.
 */
final class Fetching {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");

  private final ModelLoop loop;
  private final ObjectCall call;
  private final Context context;
  private final HttpServerResponse response;
  private final Upstream upstream = new Upstream();
  private final Deadline deadline;
  private @Nullable Readings readings;
  private boolean begun;
  private boolean over;

  Fetching(ModelLoop loop, ObjectCall call, Context context) {
    this.loop = loop;
    this.call = call;
    this.context = context;
    this.response = call.request().response();
    this.deadline =
        loop.deadlines().arm(loop.clock().nanoTime() + PATIENCE.toNanos(), this::silent);
  }

  void start() {
    response.closeHandler(gone -> {
      if (close()) {
        upstream.cancel();
      }
    });
    if (!ID.matcher(call.id()).matches()) {
      fail(unknown());
      return;
    }
    loop.gate()
        .enter(
            call.scope(),
            Dialect.OPENAI,
            Demand.REQUEST,
            context,
            admitted -> {
              admitted.permit().close();
              readings = admitted.readings();
              look();
            },
            this::fail);
  }

  private void look() {
    loop.ownKeys(call.scope().organizationId())
        .compose(own ->
            loop.objects()
                .find(call.scope(), List.of(call.id()))
                .map(makers -> new Found(own, makers)))
        .onComplete(
            found -> context.runOnContext(back -> found(found)),
            failed -> context.runOnContext(back -> fail(Serving.asFailure(failed))));
  }

  private record Found(OwnKeys own, Map<String, Set<Maker>> makers) {}

  private void found(Found found) {
    for (Maker maker : found.makers().getOrDefault(call.id(), Set.of())) {
      Provider provider = loop.directory().provider(maker.provider());
      Credential credential = loop.key(maker, found.own());
      if (provider != null && credential != null) {
        send(provider, credential);
        return;
      }
    }
    fail(unknown());
  }

  private Failure unknown() {
    return Failure.notFound(
        "nothing with the id "
            + call.id()
            + " was made for this organization with a key that is"
            + " configured here");
  }

  private void send(Provider provider, Credential credential) {
    if (over) {
      return;
    }
    String query = call.request().query();
    upstream
        .pass(
            loop.clients().of(provider),
            provider,
            credential.key().reveal(),
            call,
            query == null ? call.path() : call.path() + "?" + query)
        .onComplete(head -> pass(provider, credential, head), this::lost);
  }

  /** Passes the answer on as it comes: what is kept may be long. */
  private void pass(Provider provider, Credential credential, HttpClientResponse head) {
    if (over) {
      return;
    }
    int status = head.statusCode();
    response.setStatusCode(status);
    Headers.down(
        head.headers(), response.headers(), RateHeaders.passes(readings, credential.own()));
    if (readings != null) {
      RateHeaders.of(Dialect.OPENAI, readings, response.headers()::set);
    }
    response
        .putHeader("x-request-id", call.requestId())
        .putHeader("x-tollgate-provider", provider.name());
    if (call.request().version() != HttpVersion.HTTP_2 && status != 204 && status != 304) {
      response.setChunked(true);
    }
    if (call.request().method().equals(HttpMethod.DELETE) && status >= 200 && status <= 299) {
      loop.objects().forget(call.scope(), call.id());
    }
    begun = true;
    head.pipe().endOnFailure(false).to(response).onComplete(passed -> close(), this::lost);
  }

  private void silent() {
    fail(Failure.of(ErrorCode.UPSTREAM_TIMEOUT, "the provider did not answer in time; try again"));
    upstream.cancel();
  }

  private void lost(Throwable cause) {
    fail(
        cause instanceof Failure failure
            ? failure
            : Failure.of(
                ErrorCode.UPSTREAM_INVALID, "the provider closed without an answer", cause));
  }

  private void fail(Failure failure) {
    if (!close()) {
      return;
    }
    if (begun) {
      cutOff();
    } else {
      call.fail().accept(failure);
    }
  }

  /** So that what has gone out is not taken for whole. */
  private void cutOff() {
    if (call.request().version() == HttpVersion.HTTP_2) {
      response.reset();
    } else {
      call.request().connection().close();
    }
  }

  private boolean close() {
    if (over) {
      return false;
    }
    over = true;
    deadline.disarm();
    return true;
  }
}
