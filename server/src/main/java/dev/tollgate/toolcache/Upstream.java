package dev.tollgate.toolcache;

import java.util.concurrent.CompletionStage;

/** How a read is answered where the cache has nothing: the call itself. */
@FunctionalInterface
public interface Upstream {

  /**
   * Sends the call. It has no deadline of its own: it is cancelled when nobody waits for it any
   * more.
   */
  Running call(Asking asking);

  /** What a call tells the cache while it runs. */
  interface Asking {

    /**
     * The server asks the caller something (elicitation, sampling, roots): others who wait for this
     * answer go on their own way, and it is not kept.
     */
    void asked();
  }

  /**
   * A call under way.
   *
   * @param answer fails where there is no answer
   * @param cancel ends the call; may be called when it has ended
   */
  record Running(CompletionStage<Answer> answer, Runnable cancel) {}

  /**
   * What came back.
   *
   * @param result the result as the upstream wrote it, or its error
   * @param error whether it is an error of JSON-RPC, which is for its caller alone
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares them, and a copy would cost.
  record Answer(byte[] result, boolean error) {}
}
