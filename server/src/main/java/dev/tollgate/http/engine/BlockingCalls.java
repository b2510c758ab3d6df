package dev.tollgate.http.engine;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;

/** Runs what may block on a virtual thread each, at most so many at once. */
final class BlockingCalls {

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
      context.runOnContext(ignored -> promise.complete(value));
    } catch (Throwable failure) {
      context.runOnContext(ignored -> promise.fail(failure));
    } finally {
      places.release();
    }
  }
}
