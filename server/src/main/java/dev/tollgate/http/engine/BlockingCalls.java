package dev.tollgate.http.engine;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs what may block on a virtual thread each, at most so many at once. */
final class BlockingCalls {

  private static final Logger LOG = LoggerFactory.getLogger(BlockingCalls.class);

  private static final int AT_ONCE = 512;

  private final Semaphore places = new Semaphore(AT_ONCE);
  private final ThreadFactory threads = Thread.ofVirtual().name("blocking-", 0).factory();

  /** Completes on {@code context}; fails with {@code OVERLOADED} when no place is free. */
  <T> Future<T> run(Context context, Callable<T> work) {
    if (!places.tryAcquire()) {
      return Future.failedFuture(
          Failure.of(ErrorCode.OVERLOADED, "too many calls are waiting; try again shortly"));
    }
    Promise<T> promise = Promise.promise();
    threads.newThread(() -> perform(context, work, promise)).start();
    return promise.future();
  }

  private <T> void perform(Context context, Callable<T> work, Promise<T> promise) {
    try {
      T value = work.call();
      answer(context, () -> promise.complete(value));
    } catch (Throwable failure) {
      answer(context, () -> promise.fail(failure));
    } finally {
      places.release();
    }
  }

  private static void answer(Context context, Runnable answer) {
    try {
      context.runOnContext(ignored -> answer.run());
    } catch (RejectedExecutionException ended) {
      // The loop is closed: nobody waits for an answer any more.
      LOG.debug("an answer came after the end", ended);
    }
  }
}
