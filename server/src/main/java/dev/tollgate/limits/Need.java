package dev.tollgate.limits;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one call needs of one gauge, and then what it took of it. Guarded by the gauge's lock.
 *
 * <p>Its allowances are null where the gauge does not limit what the call asks for.
 */
final class Need {

  private final Gauge gauge;
  private final @Nullable Window requests;
  private final @Nullable Window tokens;
  private final @Nullable Slots streams;
  private final long amount;
  private long slice = Window.NO_SLICE;

  /**
   * @param amount how many tokens
   */
  Need(
      Gauge gauge,
      @Nullable Window requests,
      @Nullable Window tokens,
      @Nullable Slots streams,
      long amount) {
    this.gauge = gauge;
    this.requests = requests;
    this.tokens = tokens;
    this.streams = streams;
    this.amount = amount;
  }

  Gauge gauge() {
    return gauge;
  }

  boolean covered(long now) {
    return (requests == null || requests.covers(1, now))
        && (tokens == null || tokens.covers(amount, now))
        && (streams == null || streams.covers(1, now));
  }

  /** Takes all of it, which is covered. */
  void take(long now) {
    if (requests != null) {
      requests.take(1, now);
    }
    if (tokens != null) {
      slice = tokens.take(amount, now);
    }
    if (streams != null) {
      streams.take();
    }
    gauge.entered();
  }

  /** Puts back at the end of the call what it did not use. */
  void settle(long used, long takenAt, long now) {
    if (tokens != null && used < amount) {
      tokens.putBack(amount - used, slice, tokens.grain(takenAt), now);
    } else if (tokens != null && used > amount) {
      tokens.overrun(used - amount, now);
    }
    if (streams != null) {
      streams.free();
    }
    gauge.left();
  }

  /** Whether it is time to fetch ahead of need. */
  boolean low(long now) {
    return (requests != null && requests.low(now)) || (tokens != null && tokens.low(now));
  }

  /** Null: it is covered, or worth asking for. */
  @Nullable Refusal refusal(long now) {
    return Refusal.longer(
        Refusal.longer(Refusal.of(requests, 1, now), Refusal.of(tokens, amount, now)),
        Refusal.of(streams, 1, now));
  }

  /** What is not covered, to be tried again after {@code nanos}; null: all is. */
  @Nullable Refusal lacking(long nanos, long now) {
    if (requests != null && !requests.covers(1, now)) {
      return new Refusal(requests, 1, nanos);
    }
    if (tokens != null && !tokens.covers(amount, now)) {
      return new Refusal(tokens, amount, nanos);
    }
    return streams != null && !streams.covers(1, now) ? new Refusal(streams, 1, nanos) : null;
  }

  /** Asks for what is not covered. */
  void board(List<Flight> flights, List<Runnable> departures, long now) {
    board(requests, 1, flights, departures, now);
    board(tokens, amount, flights, departures, now);
    board(streams, 1, flights, departures, now);
  }

  private static void board(
      @Nullable Allowance allowance,
      long amount,
      List<Flight> flights,
      List<Runnable> departures,
      long now) {
    if (allowance != null && !allowance.covers(amount, now)) {
      flights.add(allowance.board(amount));
      Runnable departure = allowance.departure(now);
      if (departure != null) {
        departures.add(departure);
      }
    }
  }
}
