package dev.tollgate.models;

import dev.tollgate.kernel.Deadlines.Deadline;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.objects.Maker;
import dev.tollgate.spend.Admission;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Outcome;
import dev.tollgate.spend.Settlement;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt of a call at one provider, from its admission to its last byte: held, sent, relayed,
 * settled, once each, whoever of the caller and the provider goes away in between. Lives on one
 * event loop.
 *
 * <pre>
 * admitted ──▶ sent ──▶ relayed ──▶ settling ──▶ done
 *     │          │          │           ▲
 *     │          └── cut ───┴───────────┤   charged by what was seen
 *     │          └── failed, and another may follow: charged nothing
 *     └── refused, or the caller is gone: the hold is released
 * </pre>
 */
final class Attempt implements Outlet {

  private static final Logger log = LoggerFactory.getLogger(Attempt.class);

  private static final Duration LINGER = Duration.ofSeconds(5);

  /** How long an answer waits for its ids to be kept; then they cannot be named later. */
  private static final Duration KEEPING = Duration.ofSeconds(2);

  /** How long the next attempt waits for the rest of a refusal. */
  private static final Duration KEPT_PATIENCE = Duration.ofSeconds(1);

  private final ModelLoop loop;
  private final ModelCall call;
  private final Serving serving;
  private final int number;
  private final Leg leg;
  private final CallPlanner planner;
  private final Upstream upstream = new Upstream();
  private final @Nullable AnswerItems items;
  private final KeyUse key;
  private final Charging charging;

  private @Nullable Money remaining;

  private @Nullable Relay relay;
  private @Nullable HttpClientResponse answer;
  private @Nullable Deadline deadline;
  private boolean followed;

  /**
   * @param number counts from 1 within the call
   */
  Attempt(Serving serving, int number, Leg leg, CallPlanner planner) {
    this.loop = serving.loop();
    this.call = serving.call();
    this.serving = serving;
    this.number = number;
    this.leg = leg;
    this.planner = planner;
    this.items = AnswerItems.of(leg.surface(), leg.envelope());
    this.key = new KeyUse(serving, leg);
    this.charging = new Charging(serving, planner, key);
  }

  void start() {
    Future<Admission<Plan>> asked =
        loop.spend().admit(call.scope(), call.callId(), number, planner);
    if (asked.isComplete()) {
      decided(asked);
    } else {
      asked.onComplete(ignored -> serving.onLoop(() -> decided(asked)));
    }
  }

  private void decided(Future<Admission<Plan>> asked) {
    if (asked.failed()) {
      serving.refuse(Serving.asFailure(asked.cause()));
      return;
    }
    switch (asked.result()) {
      case Admission.Refused<Plan> refused ->
          serving.refuse(Failure.of(refused.code(), refused.message()));
      case Admission.Granted<Plan> granted -> {
        if (serving.gone()) {
          loop.spend().release(granted.hold());
          return;
        }
        charging.admitted(granted.hold(), granted.plan());
        remaining = granted.remaining();
        try {
          send(granted.plan());
        } catch (RuntimeException defect) {
          disarm();
          charging.release();
          serving.refuse(Serving.asFailure(defect));
        }
      }
    }
  }

  private void send(Plan plan) {
    Provider provider = plan.choice().provider();
    Buffer body;
    Credential picked;
    try {
      body = new OutgoingBody(leg, plan).bytes();
      picked = key.pick(plan, serving.keys(provider));
    } catch (Failure closed) {
      unserved(closed);
      return;
    }
    if (picked == null) {
      unserved(key.why());
      return;
    }
    charging.sent();
    deadline =
        loop.deadlines()
            .arm(
                charging.sentNanos()
                    + provider.config().connectTimeout().toNanos()
                    + provider.config().firstByteTimeout().toNanos(),
                this::silent);
    loop.meters().sent(plan, call.scope().organizationId());
    upstream
        .send(
            loop.clients().of(provider),
            provider,
            picked.key().reveal(),
            call,
            leg,
            plan.choice().model(),
            body)
        .onComplete(head -> guarded(() -> head(head)), this::lost);
  }

  /** A step that breaks ends the attempt: charged by what was seen, and answered. */
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException defect) {
      Failure why = Serving.asFailure(defect);
      if (charging.isOver()) {
        serving.refuse(why);
      } else if (relay == null) {
        fail(why, nothingSeen(Outcome.Status.ERROR));
      } else {
        log.atError()
            .addKeyValue("requestId", call.requestId())
            .setCause(defect)
            .log("call {} broke off in the middle", call.callId());
        relay.cut(why);
      }
      upstream.cancel();
    }
  }

  private Provider provider() {
    return charging.plan().choice().provider();
  }

  /** Nothing was sent: the attempt leaves no trace but in the metrics. */
  private void unserved(Failure why) {
    charging.release();
    if (serving.tryAgain(this, 0)) {
      loop.meters().failedOver(provider().name(), "open");
      serving.failedOver(null);
    } else {
      serving.refuse(why);
    }
  }

  private void head(HttpClientResponse head) {
    answer = head;
    charging.began(head);
    head.exceptionHandler(this::cutBy);
    Relay opened = relay(head);
    relay = opened;
    if (charging.isOver()) {
      return;
    }
    patience();
    head.endHandler(end -> {
      charging.upstreamEnded();
      if (charging.isOver()) {
        disarm();
      }
      guarded(opened::end);
    });
    head.handler(chunk -> {
      if (!followed) {
        patience();
      }
      guarded(() -> opened.chunk(chunk));
      if (serving.isFull()) {
        head.pause();
        serving.response().drainHandler(drained -> head.resume());
      }
    });
  }

  private Relay relay(HttpClientResponse head) {
    int status = head.statusCode();
    if (status < 200 || status > 299) {
      return refusal(head, status);
    }
    String type = head.getHeader(HttpHeaders.CONTENT_TYPE);
    String kind = type == null ? "" : type.toLowerCase(Locale.ROOT);
    String provider = provider().name();
    if (kind.startsWith("text/event-stream")) {
      return new StreamRelay(this, leg, provider, items);
    }
    WholeRelay whole = new WholeRelay(this, leg, provider, length(head), items);
    if (!kind.contains("json")) {
      upstream.cancel();
      whole.cut(
          Failure.of(
              ErrorCode.UPSTREAM_INVALID,
              "provider " + provider + " answered with " + (kind.isEmpty() ? "no type" : kind)));
    }
    return whole;
  }

  /** A failure that may pass elsewhere is kept, in case that nothing better comes. */
  private Relay refusal(HttpClientResponse head, int status) {
    long asked = RetryAfter.nanos(head.headers(), loop.clock().now());
    key.refused(status, asked, charging.sentNanos());
    if (another(status) || (passing(status) && serving.tryAgain(this, asked))) {
      followed = true;
      loop.meters().failedOver(provider().name(), Integer.toString(status));
      return new KeptRelay(this);
    }
    Crossing crossing = leg.crossing();
    return crossing == null
        ? new ErrorRelay(this, length(head))
        : new CrossedErrorRelay(this, body -> crossing.error(status, body, call.requestId()));
  }

  private static boolean passing(int status) {
    return status == 408 || status == 429 || status >= 500;
  }

  /** What one key is refused for, another may be granted. */
  private boolean another(int status) {
    return (status == 429 || status == 401 || status == 403)
        && key.spare()
        && serving.tryAnotherKey(this, planner.asked());
  }

  private static long length(HttpClientResponse head) {
    String length = head.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return length == null ? -1 : Long.parseLong(length);
    } catch (NumberFormatException malformed) {
      return -1;
    }
  }

  /**
   * Every chunk renews the patience with the next, within the longest that an answer may take; but
   * for a refusal after which another attempt is made, which has one patience in all.
   */
  private void patience() {
    if (deadline != null && !serving.gone() && !charging.isOver()) {
      long now = loop.clock().nanoTime();
      Duration silence = followed ? KEPT_PATIENCE : provider().config().idleTimeout();
      long idle = now + silence.toNanos();
      long whole = call.startNanos() + loop.config().streamDuration().toNanos();
      deadline.move(whole - idle < 0 ? whole : idle);
    }
  }

  private void silent() {
    if (!charging.isOver()) {
      giveUp();
    }
    // After the verdict: to cancel is to lose the connection, and that is another verdict.
    upstream.cancel();
  }

  private void giveUp() {
    String provider = provider().name();
    Failure why =
        Failure.of(
            ErrorCode.UPSTREAM_TIMEOUT,
            "provider " + provider + " kept silent for longer than is waited for here");
    if (!upstream.sent()) {
      neverSent(why);
    } else if (serving.gone()) {
      settle(relay == null ? nothingSeen(Outcome.Status.DISCONNECTED) : relay.soFar());
    } else if (relay == null) {
      fail(why, nothingSeen(Outcome.Status.ERROR));
    } else {
      relay.cut(why);
    }
  }

  /** The connection failed before the answer's head. */
  private void lost(Throwable cause) {
    if (charging.isOver()) {
      return;
    }
    if (!upstream.sent()) {
      neverSent(Serving.asFailure(cause));
      return;
    }
    fail(
        Failure.of(
            ErrorCode.UPSTREAM_INVALID,
            "provider " + provider().name() + " closed without an answer",
            cause),
        nothingSeen(serving.gone() ? Outcome.Status.DISCONNECTED : Outcome.Status.ERROR));
  }

  private void neverSent(Failure why) {
    disarm();
    if (!charging.isOpen()) {
      return;
    }
    key.ended(Outcome.Status.ERROR, false, charging.sentNanos());
    if (!serving.gone() && serving.tryAgain(this, 0)) {
      followed = true;
      loop.meters().failedOver(provider().name(), "unreachable");
      failedOver(null);
      return;
    }
    charging.release();
    serving.refuse(why);
  }

  private void cutBy(Throwable cause) {
    if (charging.isOver() || relay == null) {
      return;
    }
    charging.upstreamEnded();
    if (serving.gone()) {
      settle(relay.soFar());
      return;
    }
    relay.cut(
        Failure.of(
            ErrorCode.UPSTREAM_INVALID,
            "the connection to provider "
                + provider().name()
                + " was lost in the middle of the answer",
            cause));
  }

  private static Answer nothingSeen(Outcome.Status status) {
    return new Answer(status, Answer.Charged.PARTIAL, null, null, 0);
  }

  /** The caller went away: the provider is told, and what was seen is charged. */
  void callerGone() {
    if (!charging.isOpen()) {
      return;
    }
    if (relay != null
        && deadline != null
        && loop.config().disconnect() == ModelsConfig.Disconnect.DRAIN) {
      deadline.move(loop.clock().nanoTime() + loop.config().drainTimeout().toNanos());
      if (answer != null) {
        answer.resume();
      }
      return;
    }
    boolean sent = upstream.sent();
    upstream.cancel();
    if (sent) {
      settle(relay == null ? nothingSeen(Outcome.Status.DISCONNECTED) : relay.soFar());
    }
  }

  @Override
  public void head(long length, @Nullable Money cost) {
    if (answer != null) {
      serving.head(answer.statusCode(), answer.headers(), this, length, cost);
    }
  }

  /** Whether it went by the organization's own key. */
  boolean ownKey() {
    return key.own();
  }

  /** What our headers tell of it. */
  void tell(MultiMap headers, @Nullable Money cost) {
    AnswerHeaders.put(headers, call, leg, charging.plan(), number, remaining, cost);
    AnswerHeaders.told(headers, serving.verdict());
  }

  @Override
  public void flushHead() {
    serving.flushHead();
  }

  @Override
  public void write(Buffer bytes) {
    serving.write(bytes);
  }

  @Override
  public void finish(@Nullable Buffer last) {
    serving.finish(last);
  }

  @Override
  public @Nullable Money price(Answer answer) {
    return charging.price(answer);
  }

  @Override
  public Buffer errorEvent(Failure why) {
    return Buffer.buffer(call.errorEvent().of(why));
  }

  @Override
  public void settle(Answer answer) {
    Future<Boolean> kept = keep();
    charge(answer)
        .onComplete(
            ignored -> kept.onComplete(done -> serving.onLoop(this::settled)),
            late -> serving.onLoop(serving::abort));
  }

  private void settled() {
    if (relay != null) {
      relay.settled();
    }
  }

  /** The last byte goes out when what the answer gives out can be named by the next call. */
  private Future<Boolean> keep() {
    if (items == null || items.given().isEmpty()) {
      return Future.succeededFuture(true);
    }
    Maker maker = new Maker(provider().name(), key.fingerprint());
    return loop.objects()
        .keep(call.scope(), maker, items.given())
        .timeout(KEEPING.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void fail(Failure why, Answer answer) {
    charge(answer).onComplete(done -> serving.onLoop(() -> serving.refuse(why)));
  }

  @Override
  public void abort() {
    serving.abort();
  }

  /**
   * Nothing came of it, and nothing is charged: the next one's turn, which need not wait for the
   * entry of this one.
   *
   * @param body of the provider's refusal; null: there is none that is whole
   */
  void failedOver(@Nullable Buffer body) {
    charge(Answer.refused());
    serving.failedOver(
        body == null || answer == null
            ? null
            : new KeptAnswer(this, answer, asCallers(answer, body)));
  }

  private Buffer asCallers(HttpClientResponse head, Buffer body) {
    Crossing crossing = leg.crossing();
    return crossing == null
        ? body
        : Buffer.buffer(crossing.error(head.statusCode(), body.getBytes(), call.requestId()));
  }

  private Future<Settlement> charge(Answer seen) {
    if (charging.isOpen()) {
      letGoOfUpstream();
    }
    return charging.charge(seen, followed);
  }

  /** Whether money is held for it, and what it used is not known yet. */
  boolean underWay() {
    return charging.isOpen();
  }

  /** An upstream that has said its last and does not end keeps its connection only so long. */
  private void letGoOfUpstream() {
    if (deadline != null && answer != null && !charging.upstreamIsOver()) {
      deadline.move(loop.clock().nanoTime() + LINGER.toNanos());
    } else {
      disarm();
    }
  }

  private void disarm() {
    if (deadline != null) {
      deadline.disarm();
    }
  }
}
