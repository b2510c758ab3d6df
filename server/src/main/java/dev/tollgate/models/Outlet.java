package dev.tollgate.models;

import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.Money;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Where a relay lets an answer out, and whom it tells that the answer is over. */
interface Outlet {

  /**
   * Sets the head of the answer; it goes out with the first bytes.
   *
   * @param length of the body; -1: not known
   * @param cost a header, where it is known before the body goes out
   */
  void head(long length, @Nullable Money cost);

  /** Sends the head now, before any byte of the body. */
  void flushHead();

  void write(Buffer bytes);

  /** The last bytes of the answer; null: there are none left. */
  void finish(@Nullable Buffer last);

  /** What an answer costs; null: its model has no price. */
  @Nullable Money price(Answer answer);

  /** The answer is over: charge it, then {@link Relay#settled}. */
  void settle(Answer answer);

  /** No answer can be given: charge what there was, then say why in the caller's dialect. */
  void fail(Failure why, Answer answer);

  /** An error as an event of the caller's stream. */
  Buffer errorEvent(Failure why);

  /** Closes the caller's connection, so that an answer is not taken for whole. */
  void abort();
}
