package dev.tollgate.models;

import dev.tollgate.classification.Verdict;
import dev.tollgate.spend.CallFacts;
import dev.tollgate.spend.Hold;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Outcome;
import dev.tollgate.spend.Settlement;
import dev.tollgate.spend.Usage;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The money of one attempt: what is held for it, and what of that it is charged, once, or that it
 * is given back. Lives on one event loop.
 */
final class Charging {

  private static final Logger log = LoggerFactory.getLogger(Charging.class);

  private final ModelLoop loop;
  private final ModelCall call;
  private final Serving serving;
  private final CallPlanner planner;
  private final KeyUse key;

  private @Nullable Hold hold;
  private @Nullable Plan plan;
  private boolean over;
  private boolean begun;
  private @Nullable String providerRequestId;
  private long sentNanos;
  private long firstByteNanos = -1;
  private long upstreamEndNanos = -1;

  Charging(Serving serving, CallPlanner planner, KeyUse key) {
    this.loop = serving.loop();
    this.call = serving.call();
    this.serving = serving;
    this.planner = planner;
    this.key = key;
  }

  void admitted(Hold granted, Plan decided) {
    hold = granted;
    plan = decided;
  }

  /** What was decided when the money was held. */
  Plan plan() {
    Plan decided = plan;
    if (decided == null) {
      throw new IllegalStateException("not admitted yet");
    }
    return decided;
  }

  void sent() {
    sentNanos = loop.clock().nanoTime();
  }

  long sentNanos() {
    return sentNanos;
  }

  /** The provider's answer begins. */
  void began(HttpClientResponse head) {
    begun = true;
    firstByteNanos = loop.clock().nanoTime();
    providerRequestId = head.getHeader("request-id");
    if (providerRequestId == null) {
      providerRequestId = head.getHeader("x-request-id");
    }
  }

  void upstreamEnded() {
    upstreamEndNanos = loop.clock().nanoTime();
  }

  boolean upstreamIsOver() {
    return upstreamEndNanos >= 0;
  }

  /** Whether money is held, and nothing was decided on it yet. */
  boolean isOpen() {
    return hold != null && !over;
  }

  /** Whether it is charged or given back. */
  boolean isOver() {
    return over;
  }

  /** Gives the money back: nothing can have come to the provider. */
  void release() {
    if (over) {
      return;
    }
    over = true;
    if (hold != null) {
      loop.spend().release(hold);
    }
    serving.used(0);
  }

  /** What an answer costs; null: its model has no price. */
  @Nullable Money price(Answer answer) {
    return loop.charges().cost(plan(), planner, answer).cost();
  }

  /**
   * Charges what was seen; fails where that was done already.
   *
   * @param followed whether another attempt takes its place
   */
  Future<Settlement> charge(Answer seen, boolean followed) {
    Hold held = hold;
    if (over || held == null) {
      return Future.failedFuture("settled already");
    }
    over = true;
    key.ended(seen.status(), begun, sentNanos);
    Answer ended = serving.gone() ? seen.disconnected() : seen;
    long now = loop.clock().nanoTime();
    Charges.Cost cost = loop.charges().cost(plan(), planner, ended);
    Outcome outcome = outcome(ended, cost, now);
    serving.waited(upstreamNanos(now));
    Future<Settlement> settled = loop.spend().settle(held, facts(plan(), cost.cost()), outcome);
    learn(ended);
    serving.used(tokens(ended, cost.usage()));
    if (!followed) {
      loop.meters().ended(call, plan(), outcome, serving.overhead(now));
    }
    return settled.onFailure(late ->
        log.atWarn()
            .addKeyValue("requestId", call.requestId())
            .log("call {} could not be settled in time: {}", call.callId(), late.getMessage()));
  }

  private Outcome outcome(Answer ended, Charges.Cost cost, long now) {
    return new Outcome(
        ended.status(),
        cost.usage(),
        ended.rawUsage(),
        cost.cost(),
        providerRequestId,
        (now - call.startNanos()) / 1_000,
        firstByteNanos < 0 ? -1 : (firstByteNanos - call.startNanos()) / 1_000,
        upstreamNanos(now) / 1_000);
  }

  private long upstreamNanos(long now) {
    return (upstreamEndNanos < 0 ? now : upstreamEndNanos) - sentNanos;
  }

  private static long tokens(Answer ended, @Nullable Usage usage) {
    if (ended.charge() == Answer.Charged.NOTHING) {
      return 0;
    }
    return usage == null ? -1 : TokenDemand.used(usage);
  }

  /** Only a complete answer's own report says what the prompt was. */
  private void learn(Answer answer) {
    Usage usage = answer.usage();
    if (answer.status() != Outcome.Status.ERROR
        && answer.charge() == Answer.Charged.REPORT
        && usage != null) {
      Choice choice = plan().choice();
      loop.bounds()
          .report(
              choice.provider().name(), choice.entry(), planner.shape(), plan().estimate(), usage);
    }
  }

  private CallFacts facts(Plan plan, @Nullable Money cost) {
    Choice choice = plan.choice();
    Verdict verdict = serving.verdict();
    return new CallFacts.Model(
        call.requestId(),
        planner.requestClass(),
        choice.category() == null ? null : choice.category().wire(),
        verdict == null ? null : verdict.confidence(),
        verdict == null ? null : verdict.reason().wire(),
        call.envelope().model(),
        choice.model(),
        plan.step(),
        call.dialect().wire(),
        choice.provider().name(),
        key.fingerprint(),
        cost == null ? null : loop.charges().version());
  }
}
