package dev.tollgate.connectors;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What waits for a database runs on a virtual thread; its answer comes back to the loop. */
final class Blocking {

  private static final Logger LOG = LoggerFactory.getLogger(Blocking.class);

  private Blocking() {}

  static <T> Future<T> run(String name, Supplier<T> work) {
    Context context = Vertx.currentContext();
    Promise<T> promise = Promise.promise();
    Thread.ofVirtual()
        .name(name)
        .start(() -> {
          try {
            T done = work.get();
            answer(context, () -> promise.complete(done));
          } catch (RuntimeException | Error e) {
            answer(context, () -> promise.fail(e));
          }
        });
    return promise.future();
  }

  private static void answer(@Nullable Context context, Runnable answer) {
    if (context == null) {
      answer.run();
      return;
    }
    try {
      context.runOnContext(_ -> answer.run());
    } catch (RejectedExecutionException ended) {
      // The loop is closed: nobody waits for an answer any more.
      LOG.debug("an answer came after the end", ended);
    }
  }
}
