package dev.tollgate.connectors;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The event loop that a call began on, for answers that come on other threads. */
record CallLoop(Context context) {

  /** The one that this is called on. */
  static CallLoop current() {
    Context context = Vertx.currentContext();
    if (context == null) {
      throw new IllegalStateException("not on an event loop");
    }
    return new CallLoop(context);
  }

  /** Runs {@code task} on it: at once where this is called on it. */
  void run(Runnable task) {
    if (context.equals(Vertx.currentContext())) {
      task.run();
    } else {
      context.runOnContext(_ -> task.run());
    }
  }

  /**
   * What a caller is told of something that failed on another thread.
   *
   * @param code and {@code message} where it was not foreseen
   */
  static Failure failure(@Nullable Throwable thrown, ErrorCode code, String message) {
    Throwable cause = thrown instanceof CompletionException wrapped ? wrapped.getCause() : thrown;
    if (cause instanceof Failure failure) {
      return failure;
    }
    return cause == null ? Failure.of(code, message) : Failure.of(code, message, cause);
  }
}
