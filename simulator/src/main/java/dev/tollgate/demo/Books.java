package dev.tollgate.demo;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The reader's own account of what was spent, to hold the gateway's against. */
final class Books {

  private final BigDecimal limit;
  private final Map<String, Told> calls = new LinkedHashMap<>();
  private BigDecimal spent = BigDecimal.ZERO;
  private BigDecimal spentBefore = BigDecimal.ZERO;

  Books(BigDecimal limit) {
    this.limit = limit;
  }

  /** Enters a call after checking everything that its answer says of itself. */
  Told enter(Told told) {
    Told.Headers headers = told.headers();
    Unexpected.unlessSame("the model in the answer's body", headers.served(), told.named());
    Unexpected.unless(
        told.text().startsWith("[simulated]"), "the answer is not marked as simulated: " + told);
    BigDecimal cost = told.price();
    if (headers.cost() != null) {
      sameAmount("x-tollgate-cost-usd", cost, headers.cost());
    }
    spent = spent.add(cost);
    if (headers.remaining() != null) {
      // It may be a second old, and so show more than there is; never less.
      Unexpected.unless(
          headers.remaining().compareTo(remaining()) >= 0
              && headers.remaining().compareTo(limit) <= 0,
          "x-tollgate-budget-remaining-usd should be %s and is %s"
              .formatted(remaining(), headers.remaining()));
    }
    Unexpected.unless(
        calls.put(headers.callId(), told) == null, "two calls have the id " + headers.callId());
    return told;
  }

  /** The administrator has reset the budget. */
  void reset() {
    spentBefore = spentBefore.add(spent);
    spent = BigDecimal.ZERO;
  }

  BigDecimal remaining() {
    return limit.subtract(spent);
  }

  /** Since the last reset. */
  BigDecimal spent() {
    return spent;
  }

  BigDecimal spentEver() {
    return spentBefore.add(spent);
  }

  int calls() {
    return calls.size();
  }

  @Nullable Told call(String id) {
    return calls.get(id);
  }

  static void sameAmount(String what, BigDecimal expected, BigDecimal actual) {
    Unexpected.unless(
        expected.compareTo(actual) == 0,
        "%s should be %s and is %s"
            .formatted(what, expected.toPlainString(), actual.toPlainString()));
  }
}
