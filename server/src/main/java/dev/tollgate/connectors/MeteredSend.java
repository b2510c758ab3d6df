package dev.tollgate.connectors;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.mcp.Message;
import dev.tollgate.spend.Admission;
import dev.tollgate.spend.Hold;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Outcome;
import dev.tollgate.upstreams.Answer;
import dev.tollgate.upstreams.Answers;
import dev.tollgate.upstreams.Listener;
import dev.tollgate.upstreams.Ongoing;
import dev.tollgate.upstreams.Question;
import dev.tollgate.upstreams.Successive;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call of a tool on its way to its server: held, sent, settled or released, once each, whoever of
 * the caller and the server goes away in between. Lives on one event loop.
 *
 * <pre>
 * admitted ──▶ sent ──▶ answered ──▶ settled ──▶ told
 *     │          └── cancelled ────────▲   nobody knows how far it came: charged
 *     └── refused, or cancelled: nothing was sent; the hold is released
 * </pre>
 */
final class MeteredSend extends Successive implements Listener {

  private final ToolCall call;
  private final Listener listener;
  private final Function<Listener, Ongoing> send;
  private @Nullable Hold hold;
  private boolean sent;
  private boolean over;
  private long sentNanos;

  MeteredSend(ToolCall call, Listener listener, Function<Listener, Ongoing> send) {
    this.call = call;
    this.listener = listener;
    this.send = send;
  }

  MeteredSend start() {
    Money price = call.price();
    if (price == null) {
      send();
      return this;
    }
    Future<Admission<Money>> asked =
        call.metering().spend().admit(call.scope(), Ids.next(), 1, new Toll(call.tool(), price));
    if (asked.isComplete()) {
      decided(asked);
    } else {
      Context context = loop();
      asked.onComplete(_ -> context.runOnContext(_ -> decided(asked)));
    }
    return this;
  }

  private static Context loop() {
    Context context = Vertx.currentContext();
    if (context == null) {
      throw new IllegalStateException("not on an event loop");
    }
    return context;
  }

  private void decided(Future<Admission<Money>> asked) {
    if (asked.failed()) {
      refused(failure(asked.cause()));
      return;
    }
    switch (asked.result()) {
      case Admission.Refused<Money>(ErrorCode code, String message) ->
          refused(Failure.of(code, message));
      case Admission.Granted<Money> granted -> {
        if (cancelled()) {
          call.metering().spend().release(granted.hold());
        } else {
          hold = granted.hold();
          send();
        }
      }
    }
  }

  private void refused(Failure failure) {
    call.metering().meters().refused(failure.code());
    if (!cancelled()) {
      over = true;
      listener.answered(new Answer.Failed(failure));
    }
  }

  private void send() {
    sent = true;
    sentNanos = call.metering().now();
    under(send.apply(this));
  }

  @Override
  public void notified(Message.Notification notification) {
    listener.notified(notification);
  }

  @Override
  public void asked(Question question) {
    listener.asked(question);
  }

  @Override
  public void primed(@Nullable Long retryMillis) {
    listener.primed(retryMillis);
  }

  @Override
  public void interrupted() {
    listener.interrupted();
  }

  @Override
  public void answered(Answer answer) {
    if (over) {
      return;
    }
    Outcome.Status status = Ending.of(answer);
    over = true;
    if (status == null) {
      release();
      listener.answered(answer);
      return;
    }
    Future<?> recorded = record(status);
    if (recorded == null) {
      listener.answered(answer);
      return;
    }
    Context context = loop();
    recorded.onComplete(
        _ -> context.runOnContext(_ -> tell(answer)),
        late -> context.runOnContext(_ -> tell(new Answer.Failed(failure(late)))));
  }

  private void tell(Answer answer) {
    if (!cancelled()) {
      Answers.tell(listener, answer);
    }
  }

  private void release() {
    if (hold != null) {
      call.metering().spend().release(hold);
    }
  }

  /** Charges or counts it; null: there is nothing to wait for. */
  private @Nullable Future<?> record(Outcome.Status status) {
    Metering metering = call.metering();
    long total = metering.sinceMicros(call.sinceNanos());
    long upstream = metering.sinceMicros(sentNanos);
    String label = metering.label(call.connector().target(), call.tool());
    metering
        .meters()
        .ended(call.connector().provider(), label, status == Outcome.Status.OK, upstream);
    Hold held = hold;
    if (held == null) {
      call.count(status, total, upstream);
      return null;
    }
    return metering
        .spend()
        .settle(
            held,
            call.facts(),
            new Outcome(status, null, null, held.amount(), null, total, -1, upstream));
  }

  private static Failure failure(Throwable thrown) {
    return thrown instanceof Failure failure
        ? failure
        : Failure.of(
            ErrorCode.INTERNAL, "something went wrong inside the gateway; its log has it", thrown);
  }

  @Override
  public void cancel() {
    super.cancel();
    if (sent && !over) {
      over = true;
      var _ = record(Outcome.Status.DISCONNECTED);
    }
  }
}
