package dev.tollgate.limits;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Streams at the same time: slots that this node holds, and renews while it uses them. */
final class Slots extends Allowance {

  private static final long SECOND = Rules.nanos(1_000);

  private final Rules rules;
  private long held;
  private long goodUntil;
  private long open;
  private long renewedAt;

  /** The most that were open at once in this second, and in the one before. */
  private long peak;

  private long peakBefore;
  private long secondAt;

  Slots(Gauge gauge, long limit, Rules rules, long now) {
    super(gauge, Kind.STREAMS, limit);
    this.rules = rules;
    this.goodUntil = now;
    this.renewedAt = now;
    this.secondAt = now;
  }

  @Override
  boolean covers(long amount, long now) {
    return (open + amount <= held && now - goodUntil < 0)
        || (gauge.away().now() && open + amount <= gauge.away().share(limit));
  }

  void take() {
    open++;
    peak = Math.max(peak, open);
  }

  void free() {
    open--;
  }

  /** Nobody knows when a stream ends. */
  @Override
  long aloneNanos(long amount, long now) {
    return SECOND;
  }

  /** Slots are renewed in time, and those that were not used since are given back. */
  @Override
  boolean restless(long now) {
    return (open > 0 || held > 0)
        && (held > needed(now) || now - renewedAt > Rules.nanos(rules.slots() / 3));
  }

  /** What is kept so that streams that come and go need no question each. */
  private long needed(long now) {
    if (now - secondAt >= SECOND) {
      peakBefore = now - secondAt >= 2 * SECOND ? open : peak;
      peak = open;
      secondAt = now;
    }
    return Math.max(peak, peakBefore);
  }

  @Override
  Supplier<CompletionStage<Void>> prepare(Flight flight, long now) {
    long want = Math.max(needed(now), open + flight.lacking);
    // What is given back is not used from here on, whenever the answer comes.
    held = Math.min(held, Math.max(want, open));
    renewedAt = now;
    Shared.Slotting slotting = new Shared.Slotting(name(), limit, open, want);
    return () -> gauge.shared().slots(slotting).thenAccept(slots -> heard(flight, slots, now));
  }

  private void heard(Flight flight, long slots, long askedAtNanos) {
    hear(
        flight,
        () -> {
          held = slots;
          goodUntil = askedAtNanos + Rules.nanos(rules.slots());
          if (flight.least > 0 && slots < open + flight.least) {
            refuse(flight.least, SECOND, gauge.clock().nanoTime());
          }
        });
  }

  @Override
  void unanswered() {
    // What it held before is good until then.
  }

  boolean idle() {
    return quiet() && open == 0 && held == 0;
  }
}
