package dev.tollgate.egress;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** From stages to blocking code. */
final class Stages {

  private Stages() {}

  static Throwable cause(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  /** Waits, and cancels what it gave up waiting for. */
  static <T> T await(CompletableFuture<T> stage, Duration deadline) {
    try {
      return stage.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      stage.cancel(false);
      throw Failure.of(ErrorCode.UPSTREAM_TIMEOUT, "the server did not answer in time", late);
    } catch (InterruptedException interrupted) {
      stage.cancel(false);
      Thread.currentThread().interrupt();
      throw Failure.of(ErrorCode.UNAVAILABLE, "interrupted while a server was asked", interrupted);
    } catch (ExecutionException failed) {
      Throwable cause = cause(failed.getCause() == null ? failed : failed.getCause());
      if (cause instanceof Failure failure) {
        throw failure;
      }
      throw Failure.of(
          ErrorCode.INTERNAL, "something went wrong inside the gateway; its log has it", cause);
    }
  }
}
