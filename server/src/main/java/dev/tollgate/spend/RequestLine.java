package dev.tollgate.spend;

import org.jspecify.annotations.Nullable;

/**
 * The line to PostgreSQL of one budget: one request at a time, kept until it is known what became
 * of it, and left to rest after it was tried twice in vain.
 */
final class RequestLine {

  private Effect.@Nullable Request pending;
  private boolean asked;
  private boolean forgotten;
  private int failures;
  private long restUntil;

  /** The request whose outcome is not known yet. */
  Effect.@Nullable Request pending() {
    return pending;
  }

  /** Whether an answer is on its way. */
  boolean busy() {
    return asked;
  }

  boolean resting(long now) {
    return failures > 1 && restUntil - now > 0;
  }

  /** Puts a request on the line, which must be free. */
  Effect.Request ask(Effect.Request request) {
    pending = request;
    asked = true;
    return request;
  }

  /** The request is of no consequence any more if it moves {@code lease}. */
  void forget(Lease lease) {
    if (pending != null && lease.equals(pending.moves())) {
      forget();
    }
  }

  /**
   * The request is of no consequence any more. While its answer is on its way the line stays busy:
   * that answer must not be taken for another request's.
   */
  void forget() {
    if (asked) {
      forgotten = true;
    } else {
      answered();
    }
  }

  /** Whether the answer that comes is of no consequence. */
  boolean forgotten() {
    return forgotten;
  }

  /** It is known what became of the request. */
  void answered() {
    pending = null;
    asked = false;
    forgotten = false;
    failures = 0;
  }

  /** No answer came. What may have taken effect is to be asked again under its number. */
  void lost(long now) {
    asked = false;
    failures++;
    restUntil = now + LeaseProtocol.REST;
    if (forgotten || pending instanceof Effect.Open || pending instanceof Effect.Recall) {
      pending = null;
    }
    forgotten = false;
  }
}
