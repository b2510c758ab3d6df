package dev.tollgate.toolcache;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Calls that go upstream for one caller alone. */
final class Direct {

  private final Clock clock;
  private final ScheduledExecutorService timer;
  private final AtomicLong count = new AtomicLong();

  Direct(Clock clock, ScheduledExecutorService timer) {
    this.clock = clock;
    this.timer = timer;
  }

  /** A caller whose wait ends. */
  Waiting waiting(ReadCall call) {
    CompletableFuture<Cached> future = new CompletableFuture<>();
    ScheduledFuture<?> deadline =
        timer.schedule(
            () -> future.completeExceptionally(late()),
            call.deadline().toNanos(),
            TimeUnit.NANOSECONDS);
    var _ = future.whenComplete((got, thrown) -> deadline.cancel(false));
    return new Waiting(count.incrementAndGet(), call, future);
  }

  private static Failure late() {
    return Failure.of(ErrorCode.UPSTREAM_TIMEOUT, "the connector did not answer in time");
  }

  /**
   * Answers a caller by a call of its own.
   *
   * @param answered hears of the answer and the nanoseconds that it took, before the caller does
   */
  void answer(Waiting waiting, Cached.Status status, BiConsumer<Upstream.Answer, Long> answered) {
    if (waiting.future().isDone()) {
      return;
    }
    long began = clock.nanoTime();
    Upstream.Running running = begin(waiting.call(), () -> {});
    var _ =
        waiting
            .future()
            .whenComplete((got, thrown) -> {
              if (thrown != null) {
                running.cancel().run();
              }
            });
    running
        .answer()
        .whenComplete((answer, thrown) -> {
          if (answer != null) {
            answered.accept(answer, clock.nanoTime() - began);
          }
          complete(waiting, answer, thrown, status);
        });
  }

  /** Sends a call; one that throws is one that failed. */
  static Upstream.Running begin(ReadCall call, Upstream.Asking asking) {
    try {
      return call.upstream().call(asking);
    } catch (RuntimeException e) {
      return new Upstream.Running(CompletableFuture.failedFuture(e), () -> {});
    }
  }

  /** Tells a caller what the upstream gave it. */
  static void complete(
      Waiting waiting,
      Upstream.@Nullable Answer answer,
      @Nullable Throwable thrown,
      Cached.Status status) {
    if (answer != null) {
      waiting.future().complete(new Cached(answer.result(), answer.error(), status, Duration.ZERO));
    } else {
      waiting
          .future()
          .completeExceptionally(thrown == null ? new NullPointerException("no answer") : thrown);
    }
  }
}
