package dev.tollgate.simulator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last requests, bounded in number and bytes; guarded by its own monitor. */
final class RequestLog {

  private static final long MOST_BYTES = 64L << 20;

  private final int most;
  private final Deque<Recorded> recorded = new ArrayDeque<>();
  private long bytes;

  RequestLog(int most) {
    this.most = most;
  }

  boolean records() {
    return most > 0;
  }

  synchronized void add(Recorded request) {
    recorded.addLast(request);
    bytes += request.body().length();
    while (recorded.size() > most || (bytes > MOST_BYTES && recorded.size() > 1)) {
      bytes -= recorded.removeFirst().body().length();
    }
  }

  /** Oldest first. */
  synchronized List<Recorded> all() {
    return List.copyOf(recorded);
  }

  synchronized void clear() {
    recorded.clear();
    bytes = 0;
  }
}
