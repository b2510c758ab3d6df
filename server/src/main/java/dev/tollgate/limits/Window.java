package dev.tollgate.limits;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests or tokens in a sliding window: no more than the limit in any 60 seconds, however they
 * lie.
 *
 * <p>What is used comes from slices that were leased; while the others are away, from this node's
 * share of the limit.
 */
final class Window extends Allowance {

  /** What was taken without a slice. */
  static final long NO_SLICE = Long.MIN_VALUE;

  private final Rules rules;
  private final Deque<Slice> slices = new ArrayDeque<>(4);
  private final Uses uses;
  private final Map<Long, Long> back = new HashMap<>();

  /** Used, and not counted by the others yet. */
  private long unheard;

  /** The same, told in the question under way. */
  private long telling;

  private long free;
  private long taken;
  private long ahead;
  private long askedAt;

  Window(Gauge gauge, Kind kind, long limit, Rules rules, long now) {
    super(gauge, kind, limit);
    this.rules = rules;
    this.uses = new Uses(rules, now);
    this.free = limit;
    this.askedAt = now - Rules.nanos(rules.hold());
  }

  @Override
  boolean covers(long amount, long now) {
    return slice(amount, now) != null
        || (gauge.away().now() && uses.sum(now) + amount <= gauge.away().share(limit));
  }

  /** Uses what {@link #covers} found; returns the grain that it is counted in. */
  long take(long amount, long now) {
    uses.add(amount, now);
    taken += amount;
    Slice slice = slice(amount, now);
    if (slice == null) {
      unheard += amount;
      return NO_SLICE;
    }
    slice.units -= amount;
    return slice.grain;
  }

  private @Nullable Slice slice(long amount, long now) {
    for (Slice slice : slices) {
      if (slice.units >= amount && now - slice.goodUntil < 0) {
        return slice;
      }
    }
    return null;
  }

  /** The grain of this node's time, by which {@link #putBack} knows when it was taken. */
  long grain(long now) {
    return uses.grain(now);
  }

  /** A part of what was taken was not used. */
  void putBack(long amount, long sliceGrain, long grain, long now) {
    uses.takeBack(amount, grain, now);
    if (sliceGrain == NO_SLICE) {
      unheard = Math.max(0, unheard - amount);
      return;
    }
    for (Slice slice : slices) {
      if (slice.grain == sliceGrain && now - slice.goodUntil < 0) {
        slice.units += amount;
        return;
      }
    }
    back.merge(sliceGrain, amount, Long::sum);
  }

  /** More was used than was taken; it counts from now on, whatever the limit is. */
  void overrun(long amount, long now) {
    uses.add(amount, now);
    taken += amount;
    long rest = amount;
    for (Slice slice : slices) {
      long part = Math.min(rest, slice.units);
      slice.units -= part;
      rest -= part;
    }
    unheard += rest;
  }

  /** Asks for more before the last is used or lapses. */
  boolean low(long now) {
    return ahead > 0 && usable(now + Rules.nanos(rules.hold() / 2)) * 2 < ahead;
  }

  private long usable(long at) {
    long usable = 0;
    for (Slice slice : slices) {
      usable += at - slice.goodUntil < 0 ? slice.units : 0;
    }
    return usable;
  }

  long remaining(long now) {
    long left =
        gauge.away().now()
            ? gauge.away().share(limit) - uses.sum(now)
            : usable(now) + Math.max(0, free - unheard - telling);
    return Math.clamp(left, 0, limit);
  }

  @Override
  long aloneNanos(long amount, long now) {
    long lacking = uses.sum(now) + amount - gauge.away().share(limit);
    return Math.max(1, uses.nanosUntilLess(lacking, now));
  }

  @Override
  boolean restless(long now) {
    return low(now) || untold(now) > 0 || !back.isEmpty() || lapsed(now);
  }

  /** What lapsed before anybody could be told matters to nobody. */
  private long untold(long now) {
    unheard = Math.min(unheard, uses.sum(now));
    return unheard;
  }

  private boolean lapsed(long now) {
    for (Slice slice : slices) {
      if (now - slice.goodUntil >= 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  Supplier<CompletionStage<Void>> prepare(Flight flight, long now) {
    ahead = pace(now);
    taken = 0;
    askedAt = now;
    telling = untold(now);
    unheard = 0;
    // Who lacks found no slice that is large enough: all that is left becomes one.
    putBackSlices(flight.least > 0, now);
    Shared.Lease lease =
        new Shared.Lease(
            name(),
            limit,
            flight.least,
            flight.lacking + ahead,
            telling,
            uses.sum(now) + usable(now),
            Map.copyOf(back));
    back.clear();
    return () -> gauge.shared().lease(lease).thenAccept(leased -> heard(flight, leased, now));
  }

  /** What the next hold will use at the pace of the last, and a fair part of what is there. */
  private long pace(long now) {
    double hold = Rules.nanos(rules.hold());
    double elapsed = Math.max((double) (now - askedAt), hold / 8);
    long fair = Math.max(0, free) / (4L * gauge.away().nodes());
    return Math.min((long) (taken * (hold / elapsed)), fair);
  }

  private void putBackSlices(boolean all, long now) {
    for (Iterator<Slice> each = slices.iterator(); each.hasNext(); ) {
      Slice slice = each.next();
      if (all || now - slice.goodUntil >= 0) {
        each.remove();
        if (slice.units > 0) {
          back.merge(slice.grain, slice.units, Long::sum);
        }
      }
    }
  }

  private void heard(Flight flight, Shared.Leased leased, long askedAtNanos) {
    hear(
        flight,
        () -> {
          telling = 0;
          free = leased.free();
          if (leased.units() > 0) {
            long goodUntil = askedAtNanos + Rules.nanos(rules.hold());
            slices.add(new Slice(leased.grain(), goodUntil, leased.units()));
          }
          if (leased.units() < flight.least) {
            refuse(
                flight.least,
                Rules.nanos(Math.max(1, leased.retryMillis())),
                gauge.clock().nanoTime());
          }
        });
  }

  /** Whether the question was heard is not known: what it told is told again. */
  @Override
  void unanswered() {
    unheard += telling;
    telling = 0;
  }

  /** Whether nothing of it matters any more. */
  boolean idle(long now) {
    return quiet() && slices.isEmpty() && back.isEmpty() && uses.sum(now) == 0;
  }
}
