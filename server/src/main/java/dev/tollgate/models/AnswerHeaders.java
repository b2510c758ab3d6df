package dev.tollgate.models;

import dev.tollgate.spend.Money;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an answer's headers tell of how it came about. */
final class AnswerHeaders {

  private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-request-id");
  private static final CharSequence CALL_ID = HttpHeaders.createOptimized("x-tollgate-call-id");
  private static final CharSequence MODEL = HttpHeaders.createOptimized("x-tollgate-model");
  private static final CharSequence PROVIDER = HttpHeaders.createOptimized("x-tollgate-provider");
  private static final CharSequence CATEGORY = HttpHeaders.createOptimized("x-tollgate-category");
  private static final CharSequence DOWNGRADED =
      HttpHeaders.createOptimized("x-tollgate-downgraded");
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
   * @param remaining of the budget when the call was admitted; null: unlimited
   * @param cost null: not known before the body
   */
  static void put(
      MultiMap headers,
      ModelCall call,
      Plan plan,
      @Nullable Money remaining,
      @Nullable Money cost) {
    headers.set(REQUEST_ID, call.requestId());
    headers.set(CALL_ID, call.callId().toString());
    headers.set(MODEL, plan.choice().model());
    headers.set(PROVIDER, plan.choice().provider().name());
    headers.set(ATTEMPTS, "1");
    if (plan.choice().category() != null) {
      headers.set(CATEGORY, plan.choice().category().wire());
    }
    if (plan.step() != null) {
      headers.set(DOWNGRADED, plan.step());
    }
    List<String> rewritten = new OutgoingBody(call.body(), call.envelope(), plan).rewritten();
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
}
