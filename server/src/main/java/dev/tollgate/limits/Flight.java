package dev.tollgate.limits;

import java.util.concurrent.CompletableFuture;

/** One question to the others about one limit, for all the calls that wait for its answer. */
final class Flight {

  /** Completes when the answer, or that there is none, is known here; never fails. */
  final CompletableFuture<Void> landed = new CompletableFuture<>();

  /** The least that one of the calls lacks; 0: nobody waits. */
  long least;

  /** What all of them lack. */
  long lacking;

  /** Nobody waits for its answer any more: what it would say holds no more. */
  boolean over;

  void board(long lack) {
    least = lacking == 0 ? lack : Math.min(least, lack);
    lacking += lack;
  }
}
