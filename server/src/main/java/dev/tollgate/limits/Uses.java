package dev.tollgate.limits;

import java.util.Arrays;

/**
 * What this node used in the last window, by grains of its own monotonic clock. Not thread-safe.
 */
final class Uses {

  private final long[] amounts;
  private final long grainNanos;
  private long newest;
  private long total;

  Uses(Rules rules, long now) {
    this.amounts = new long[Math.toIntExact(rules.window() / rules.grain()) + 1];
    this.grainNanos = Rules.nanos(rules.grain());
    this.newest = grain(now);
  }

  /** The grain of {@code now}. */
  long grain(long now) {
    return Math.floorDiv(now, grainNanos);
  }

  void add(long amount, long now) {
    roll(now);
    amounts[place(newest)] += amount;
    total += amount;
  }

  /** What was added in {@code grain} was not used after all. */
  void takeBack(long amount, long grain, long now) {
    roll(now);
    if (newest - grain < amounts.length) {
      long less = Math.min(amount, amounts[place(grain)]);
      amounts[place(grain)] -= less;
      total -= less;
    }
  }

  long sum(long now) {
    roll(now);
    return total;
  }

  /** How long until {@code amount} less than now counts. */
  long nanosUntilLess(long amount, long now) {
    roll(now);
    long gone = 0;
    for (long grain = newest - amounts.length + 1; grain <= newest; grain++) {
      gone += amounts[place(grain)];
      if (gone >= amount) {
        return (grain + amounts.length) * grainNanos - now;
      }
    }
    return amounts.length * grainNanos;
  }

  private void roll(long now) {
    long grain = grain(now);
    if (grain - newest >= amounts.length) {
      Arrays.fill(amounts, 0);
      total = 0;
      newest = grain;
    }
    while (newest < grain) {
      newest++;
      total -= amounts[place(newest)];
      amounts[place(newest)] = 0;
    }
  }

  private int place(long grain) {
    return Math.floorMod(grain, amounts.length);
  }
}
