package dev.tollgate.spend;

import java.time.Duration;
import org.slf4j.Logger;

/**
 * Something that goes wrong again and again while it is tried again and again, said as an error
 * once in ten seconds. For one thread at a time.
 */
final class Complaint {

  private static final long PAUSE = Duration.ofSeconds(10).toNanos();

  private final Logger log;
  private long next;
  private boolean made;

  Complaint(Logger log) {
    this.log = log;
  }

  /**
   * Says it, unless that was done lately.
   *
   * @param now a monotonic reading
   */
  void make(String what, Throwable why, long now) {
    if (made && next - now > 0) {
      log.debug(what, why);
      return;
    }
    made = true;
    next = now + PAUSE;
    log.error(what, why);
  }
}
