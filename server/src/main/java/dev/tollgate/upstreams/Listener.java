package dev.tollgate.upstreams;

import dev.tollgate.mcp.Message;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Hears of one call, on the event loop that made it: any number of notifications and questions,
 * then one answer, then nothing.
 */
public interface Listener {

  /** Does not care for what comes. */
  Listener NOBODY =
      new Listener() {
        @Override
        public void notified(Message.Notification notification) {}

        @Override
        public void asked(Question question) {
          question.refuse("there is no call to ask about");
        }

        @Override
        public void answered(Answer answer) {}
      };

  /** Something that belongs to this call; progress is under the caller's own token. */
  void notified(Message.Notification notification);

  /** The server waits for {@link Question#answer}. */
  void asked(Question question);

  void answered(Answer answer);

  /**
   * The answer that comes next ends the request alone: what it began goes on at the server, which
   * asked for something first.
   *
   * @param end what the server answers in the end; fails where nobody waits for it any more. On any
   *     thread
   */
  default void goesOn(Future<Answer> end) {}

  /** The failure that comes next is of a call that the server surely did not begin. */
  default void unbegun() {}

  /**
   * A legacy server said where its stream can be come back to.
   *
   * @param retryMillis how long it wants that to take at least; null: it did not say
   */
  default void primed(@Nullable Long retryMillis) {}

  /** A legacy server closed its stream before the answer; it will be come back to. */
  default void interrupted() {}

  /**
   * A cache had a part in the answer that comes next.
   *
   * @param status {@code hit}, {@code miss}, {@code stale} or {@code bypass}
   */
  default void sourced(String status, Duration age) {}
}
