package dev.tollgate.models;

import dev.tollgate.kernel.Deadlines.Deadline;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;

/**
 * A question about tokens: passed to the model's provider, whose answer is passed back. It costs
 * nothing, so it holds nothing and the ledger has no entry of it. Where the provider has no such
 * route, the tokens are counted here.
 */
final class Asking {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ModelLoop loop;
  private final ModelCall call;
  private final Choice choice;
  private final HttpServerResponse response;
  private final Upstream upstream = new Upstream();
  private final Deadline deadline;
  private boolean over;

  Asking(ModelLoop loop, ModelCall call, Choice choice) {
    this.loop = loop;
    this.call = call;
    this.choice = choice;
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
    BodyEdit edit = new BodyEdit(call.body(), call.envelope());
    if (!choice.model().equals(call.envelope().model())) {
      edit.text("model", choice.model());
    }
    Provider provider = choice.provider();
    upstream
        .send(
            loop.clients().of(provider),
            provider,
            provider.credential(call.scope().organizationId()).key().reveal(),
            call,
            call.path(),
            edit.apply())
        .compose(head -> head.body().map(body -> new Told(head, body)))
        .onComplete(this::told, this::lost);
  }

  private record Told(HttpClientResponse head, Buffer body) {}

  private void told(Told told) {
    if (told.head().statusCode() == 404 && choice.provider().config().models() != null) {
      countHere();
      return;
    }
    if (close()) {
      response.setStatusCode(told.head().statusCode());
      Headers.down(told.head().headers(), response.headers());
      ours().end(told.body());
    }
  }

  private HttpServerResponse ours() {
    return response
        .putHeader("x-request-id", call.requestId())
        .putHeader("x-tollgate-model", choice.model())
        .putHeader("x-tollgate-provider", choice.provider().name());
  }

  private void countHere() {
    Context context = loop.vertx().getOrCreateContext();
    Thread.ofVirtual()
        .name("count-tokens")
        .start(() -> {
          long tokens = TokenCounter.count(call.body());
          context.runOnContext(back -> counted(tokens));
        });
  }

  private void counted(long tokens) {
    if (close()) {
      ours()
          .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
          .putHeader("x-tollgate-counted", "estimate")
          .end("{\"input_tokens\":" + tokens + "}");
    }
  }

  private void silent() {
    if (close()) {
      upstream.cancel();
      call.fail()
          .accept(
              Failure.of(
                  ErrorCode.UPSTREAM_TIMEOUT,
                  "provider " + choice.provider().name() + " did not count in time"));
    }
  }

  private void lost(Throwable cause) {
    if (close()) {
      call.fail()
          .accept(
              cause instanceof Failure failure
                  ? failure
                  : Failure.of(
                      ErrorCode.UPSTREAM_INVALID,
                      "provider " + choice.provider().name() + " closed without an answer",
                      cause));
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
