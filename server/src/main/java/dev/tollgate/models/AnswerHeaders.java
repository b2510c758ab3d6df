package dev.tollgate.models;

import dev.tollgate.classification.Verdict;
import dev.tollgate.spend.Money;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an answer's headers tell of how it came about. */
final class AnswerHeaders {

  private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-request-id");

  /** Where Anthropic's SDKs look for it; its own answers have it from there. */
  private static final CharSequence ANTHROPICS_REQUEST_ID =
      HttpHeaders.createOptimized("request-id");

  private static final CharSequence CALL_ID = HttpHeaders.createOptimized("x-tollgate-call-id");
  private static final CharSequence MODEL = HttpHeaders.createOptimized("x-tollgate-model");
  private static final CharSequence PROVIDER = HttpHeaders.createOptimized("x-tollgate-provider");
  private static final CharSequence CATEGORY = HttpHeaders.createOptimized("x-tollgate-category");
  private static final CharSequence CONFIDENCE =
      HttpHeaders.createOptimized("x-tollgate-category-confidence");
  private static final CharSequence REASON =
      HttpHeaders.createOptimized("x-tollgate-category-reason");
  private static final CharSequence DOWNGRADED =
      HttpHeaders.createOptimized("x-tollgate-downgraded");
  private static final CharSequence WARNING =
      HttpHeaders.createOptimized("x-tollgate-budget-warning");
  private static final CharSequence REWRITTEN = HttpHeaders.createOptimized("x-tollgate-rewritten");
  private static final CharSequence CAPPED = HttpHeaders.createOptimized("x-tollgate-max-output");
  private static final CharSequence COST = HttpHeaders.createOptimized("x-tollgate-cost-usd");
  private static final CharSequence REMAINING =
      HttpHeaders.createOptimized("x-tollgate-budget-remaining-usd");
  private static final CharSequence ATTEMPTS = HttpHeaders.createOptimized("x-tollgate-attempts");

  private AnswerHeaders() {}

  /**
   * Adds ours.
   *
   * @param attempts how many were made, this one included
   * @param remaining of the budget when the call was admitted; null: unlimited
   * @param cost null: not known before the body
   */
  static void put(
      MultiMap headers,
      ModelCall call,
      Leg leg,
      Plan plan,
      int attempts,
      @Nullable Money remaining,
      @Nullable Money cost) {
    headers.set(REQUEST_ID, call.requestId());
    if (call.dialect() == Dialect.ANTHROPIC && !headers.contains(ANTHROPICS_REQUEST_ID)) {
      headers.set(ANTHROPICS_REQUEST_ID, call.requestId());
    }
    headers.set(CALL_ID, call.callId().toString());
    headers.set(MODEL, plan.choice().model());
    headers.set(PROVIDER, plan.choice().provider().name());
    headers.set(ATTEMPTS, Integer.toString(attempts));
    if (plan.choice().category() != null) {
      headers.set(CATEGORY, plan.choice().category().wire());
    }
    if (plan.step() != null) {
      headers.set(DOWNGRADED, plan.step());
    }
    if (plan.warning() != null) {
      headers.set(WARNING, plan.warning());
    }
    List<String> rewritten = new OutgoingBody(leg, plan).rewritten();
    if (!rewritten.isEmpty()) {
      headers.set(REWRITTEN, String.join(", ", rewritten));
    }
    if (plan.cap() != null) {
      headers.set(CAPPED, plan.cap().toString());
    }
    if (cost != null) {
      headers.set(COST, cost.toDollars());
    }
    if (remaining != null) {
      headers.set(REMAINING, (cost == null ? remaining : remaining.minus(cost)).toDollars());
    }
  }

  /**
   * How a call for {@code auto} found its category.
   *
   * @param verdict null: the call named what it wants
   */
  static void told(MultiMap headers, @Nullable Verdict verdict) {
    if (verdict != null) {
      headers.set(CONFIDENCE, Double.toString(verdict.confidence()));
      headers.set(REASON, verdict.reason().wire());
    }
  }
}
