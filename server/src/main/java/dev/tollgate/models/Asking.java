package dev.tollgate.models;

import dev.tollgate.kernel.Deadlines.Deadline;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.keyring.OwnKeys;
import dev.tollgate.limits.Readings;
import dev.tollgate.objects.Maker;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

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
  private final Readings readings;
  private final @Nullable Maker maker;
  private final HttpServerResponse response;
  private final Upstream upstream = new Upstream();
  private final Deadline deadline;
  private boolean own;
  private boolean over;

  /**
   * @param maker whose key it is asked with; null: the organization's
   */
  Asking(ModelLoop loop, ModelCall call, Choice choice, @Nullable Maker maker, Readings readings) {
    this.maker = maker;
    this.loop = loop;
    this.call = call;
    this.choice = choice;
    this.readings = readings;
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
    if (choice.provider().dialect() != call.dialect()) {
      countHere();
      return;
    }
    Context context = loop.vertx().getOrCreateContext();
    Future<OwnKeys> asked = loop.ownKeys(call.scope().organizationId());
    if (asked.isComplete()) {
      known(asked);
    } else {
      asked.onComplete(ignored -> context.runOnContext(back -> known(asked)));
    }
  }

  private void known(Future<OwnKeys> asked) {
    Provider provider = choice.provider();
    try {
      if (asked.failed()) {
        throw Serving.asFailure(asked.cause());
      }
      Keys keys = loop.keys().of(provider.config(), asked.result());
      Credential made = maker == null ? null : keys.named(maker.credential());
      send(provider, made != null ? made : home(keys));
    } catch (Failure refused) {
      lost(refused);
    }
  }

  private Credential home(Keys keys) {
    return keys.home(keys.several() ? Conversation.of(call) : 0);
  }

  /** What becomes of a question says little of its key: the key learns nothing. */
  private void send(Provider provider, Credential key) {
    if (over) {
      return;
    }
    own = key.own();
    BodyEdit edit = new BodyEdit(call.body(), call.envelope());
    if (!choice.model().equals(call.envelope().model())) {
      edit.text("model", choice.model());
    }
    upstream
        .send(
            loop.clients().of(provider),
            provider,
            key.key().reveal(),
            call,
            Leg.of(call),
            choice.model(),
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
      Headers.down(told.head().headers(), response.headers(), RateHeaders.passes(readings, own));
      ours().end(told.body());
    }
  }

  private HttpServerResponse ours() {
    RateHeaders.of(call.dialect(), readings, response.headers()::set);
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
