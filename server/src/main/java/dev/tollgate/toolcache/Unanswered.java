package dev.tollgate.toolcache;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Questions that wait for an answer, each for the same time, so that the oldest is late first. A
 * timer each would awake its thread twice a question; here one runs at a time, and none while
 * nothing waits. Thread-safe; guarded by its monitor, under which no question ends.
 */
final class Unanswered {

  private record Wait(CompletableFuture<?> question, long untilNanos) {}

  private final Duration patience;
  private final ScheduledExecutorService timer;
  private final Deque<Wait> waits = new ArrayDeque<>();
  private boolean armed;

  Unanswered(Duration patience, ScheduledExecutorService timer) {
    this.patience = patience;
    this.timer = timer;
  }

  /** Fails {@code question} with a {@link TimeoutException} unless it ends in time. */
  <T> CompletableFuture<T> bound(CompletableFuture<T> question) {
    if (!question.isDone()) {
      add(question);
    }
    return question;
  }

  private synchronized void add(CompletableFuture<?> question) {
    dropAnswered();
    waits.addLast(new Wait(question, System.nanoTime() + patience.toNanos()));
    if (!armed) {
      arm(patience.toNanos());
    }
  }

  private void dropAnswered() {
    for (Wait first = waits.peekFirst();
        first != null && first.question().isDone();
        first = waits.peekFirst()) {
      waits.removeFirst();
    }
  }

  private void arm(long nanos) {
    try {
      var _ = timer.schedule(this::sweep, nanos, TimeUnit.NANOSECONDS);
      armed = true;
    } catch (RejectedExecutionException closed) {
      // The cache is closed: nobody waits for what it asked.
      waits.clear();
    }
  }

  private void sweep() {
    for (Wait late : late(System.nanoTime())) {
      late.question().completeExceptionally(new TimeoutException("no answer within " + patience));
    }
  }

  private synchronized List<Wait> late(long now) {
    List<Wait> late = new ArrayList<>();
    armed = false;
    dropAnswered();
    for (Wait first = waits.peekFirst();
        first != null && first.untilNanos() - now <= 0;
        first = waits.peekFirst()) {
      late.add(waits.removeFirst());
    }
    Wait next = waits.peekFirst();
    if (next != null) {
      arm(Math.max(1, next.untilNanos() - now));
    }
    return late;
  }
}
