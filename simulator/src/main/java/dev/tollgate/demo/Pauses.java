package dev.tollgate.demo;

import java.time.Duration;

/** What the story waits for. */
final class Pauses {

  private static final Duration A_SECOND = Duration.ofMillis(1_100);

  private Pauses() {}

  /** What is left, as the ladder reads it, may be a second old. */
  static void aSecond() {
    try {
      Thread.sleep(A_SECOND);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unexpected("interrupted", e);
    }
  }
}
