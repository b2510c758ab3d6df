package dev.tollgate.pooling;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Stages that others make for us. */
final class Attempts {

  private Attempts() {}

  /** What {@code work} returns; failed where it throws. */
  static <T extends @Nullable Object> CompletionStage<T> begin(Supplier<CompletionStage<T>> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** What a dependent stage wrapped. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  static TimeoutException tooLong() {
    return new TimeoutException("making a resource took too long");
  }
}
