package dev.tollgate.toolcache;

import java.util.concurrent.CompletionStage;

/** A write that may be sent now. */
public interface WriteTicket {

  /** What became of it. */
  enum Outcome {
    /** The upstream answered, whatever it answered. */
    ANSWERED,
    /** It timed out, was cancelled or cut: it may still be carried out. */
    IN_DOUBT
  }

  /**
   * To be called once, on any outcome, before the caller is answered; after {@code IN_DOUBT} once
   * more where it turns out what became of it.
   *
   * @return completes, never exceptionally, when no node gives an older answer any more
   */
  CompletionStage<Void> after(Outcome outcome);
}
