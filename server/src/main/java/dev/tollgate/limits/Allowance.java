package dev.tollgate.limits;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What this node may use of one limit, and its questions for more: one at a time. Guarded by the
 * lock of its gauge.
 */
abstract class Allowance {

  /** A refusal is good for so long, so that who hammers at a limit does not hammer at Redis. */
  private static final long REFUSED = Rules.nanos(100);

  final Gauge gauge;
  final Kind kind;
  long limit;

  private @Nullable Flight flying;
  private @Nullable Flight boarding;
  private long refused;
  private long refusedUntil;
  private long retryAt;

  Allowance(Gauge gauge, Kind kind, long limit) {
    this.gauge = gauge;
    this.kind = kind;
    this.limit = limit;
  }

  /** Whether {@code amount} can be used now. */
  abstract boolean covers(long amount, long now);

  /** How long a call must wait that was refused while the others are away. */
  abstract long aloneNanos(long amount, long now);

  /** Asks for what a flight lacks: called with the lock, the question goes out without. */
  abstract Supplier<CompletionStage<Void>> prepare(Flight flight, long now);

  /** There was no answer to the last question. */
  abstract void unanswered();

  /** Whether something should be asked or told though no call waits. */
  abstract boolean restless(long now);

  String name() {
    return "limits:{" + gauge.id() + "}:" + kind.wire();
  }

  /** How long a call for {@code amount} must wait; negative: it is worth asking. */
  long refusal(long amount, long now) {
    if (gauge.away().now()) {
      return aloneNanos(amount, now);
    }
    return now - refusedUntil < 0 && amount >= refused ? Math.max(1, retryAt - now) : -1;
  }

  /** What was asked for is not there. */
  void refuse(long amount, long retryNanos, long now) {
    refused = amount;
    refusedUntil = now + Math.min(retryNanos, REFUSED);
    retryAt = now + retryNanos;
  }

  /** Takes a place in the next question. */
  Flight board(long lack) {
    Flight flight = boarding == null ? new Flight() : boarding;
    boarding = flight;
    flight.board(lack);
    return flight;
  }

  /** What is to be run without the lock so that waiting calls get an answer; null: nothing. */
  @Nullable Runnable departure(long now) {
    Flight flight = boarding;
    if (flying != null || flight == null) {
      return null;
    }
    flying = flight;
    boarding = null;
    Supplier<CompletionStage<Void>> question = prepare(flight, now);
    return () -> fly(flight, question);
  }

  private void fly(Flight flight, Supplier<CompletionStage<Void>> question) {
    CompletionStage<Void> answer;
    try {
      answer = question.get();
    } catch (RuntimeException notAsked) {
      land(flight, notAsked);
      return;
    }
    var _ =
        answer
            .toCompletableFuture()
            .copy()
            .orTimeout(gauge.rules().patience(), TimeUnit.MILLISECONDS)
            .whenComplete((done, thrown) -> land(flight, thrown));
  }

  /** Takes in an answer, with the lock, unless it comes too late. */
  final void hear(Flight flight, Runnable answer) {
    gauge.locked(() -> {
      if (!flight.over) {
        answer.run();
      }
    });
  }

  /** The same though no call waits, where there is something to ask or to tell. */
  @Nullable Runnable unrest(long now) {
    if (flying != null || !restless(now)) {
      return null;
    }
    if (gauge.away().now() && !gauge.away().probes(now)) {
      return null;
    }
    boarding = boarding == null ? new Flight() : boarding;
    return departure(now);
  }

  boolean quiet() {
    return flying == null && boarding == null;
  }

  /** Who waited asks again, together, before the next question goes out. */
  private void land(Flight flight, @Nullable Throwable thrown) {
    long now = gauge.clock().nanoTime();
    if (thrown == null) {
      gauge.away().answered();
    } else {
      gauge.away().failed(now, thrown);
      gauge.locked(() -> {
        flight.over = true;
        unanswered();
      });
    }
    flight.landed.complete(null);
    Runnable next =
        gauge.locked(() -> {
          flying = null;
          return departure(now);
        });
    if (next != null) {
      next.run();
    }
  }
}
