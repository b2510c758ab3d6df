package dev.tollgate.http.engine;

import dev.tollgate.kernel.Deadlines.Deadline;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes an answer part by part, the next when the client has taken the one before. Lives on the
 * event loop of its connection; parts are made on virtual threads.
 */
final class PartWriter {

  /** How long a client may take over one part. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Loop loop;
  private final HttpServerRequest request;
  private final Reply.Parts parts;
  private final Consumer<Throwable> failed;

  PartWriter(Loop loop, HttpServerRequest request, Reply.Parts parts, Consumer<Throwable> failed) {
    this.loop = loop;
    this.request = request;
    this.parts = parts;
    this.failed = failed;
  }

  void start(Buffer first) {
    request.response().setChunked(true);
    write(first);
  }

  private void write(Buffer part) {
    Deadline taking =
        loop.deadlines()
            .arm(
                loop.door().clock().nanoTime() + PATIENCE.toNanos(),
                () -> request.connection().close());
    request
        .response()
        .write(part)
        .onComplete(written -> {
          taking.disarm();
          if (written.succeeded()) {
            loop.blocking(() -> new Next(JsonReplies.next(parts)))
                .onComplete(this::goOn, failed::accept);
          }
        });
  }

  private void goOn(Next next) {
    if (next.part() == null) {
      request.response().end();
    } else if (!request.response().closed()) {
      write(next.part());
    }
  }

  /** A part that was asked for; null: there is none. */
  private record Next(@Nullable Buffer part) {}
}
