package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Ids;
import dev.tollgate.tenancy.OrgScope;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls of tools that cost nothing, added up until their minute has ended: then one entry of the
 * ledger stands for all of a key, tool and outcome. {@link #count} may be called from any thread
 * and takes no lock that all keys share; {@link #write} blocks.
 *
 * <p>What is not written yet is lost with the process: a minute of counts, and never money. While
 * PostgreSQL is away it is kept, up to {@value #MOST} entries.
 */
final class CallCounts {

  static final int MOST = 50_000;

  /** How often it is looked for minutes that ended. */
  static final Duration PACE = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(CallCounts.class);

  private static final int CHUNK = 500;
  private static final int LONGEST_NAME = 200;

  private final Store store;
  private final Clock clock;
  private final long periodMillis;
  private final ConcurrentMap<Subject, Tally> open = new ConcurrentHashMap<>();
  private final LongAdder dropped = new LongAdder();

  /** Taken out of {@code open} and not known to be committed; guarded by this. */
  private final Deque<Row> leaving = new ArrayDeque<>();

  /** Where entries go. Blocks. */
  @FunctionalInterface
  interface Store {
    /** Writes all or nothing; what is there already stays as it is. */
    Verdicts.Trial write(List<Row> rows);
  }

  /**
   * What one entry counts.
   *
   * @param at the beginning of its minute
   */
  record Subject(
      Instant at,
      UUID organization,
      @Nullable UUID key,
      @Nullable UUID user,
      @Nullable String project,
      String connector,
      String tool,
      Outcome.Status status) {}

  /** How many calls, and how long they took together. */
  record Tally(long calls, long totalMicros, long upstreamMicros) {

    Tally plus(Tally more) {
      return new Tally(
          calls + more.calls, totalMicros + more.totalMicros, upstreamMicros + more.upstreamMicros);
    }
  }

  /** An entry; the same identifier however often it is tried. */
  record Row(UUID id, Subject subject, Tally tally) {}

  /**
   * @param period what one entry counts: a minute
   */
  CallCounts(Store store, Clock clock, Duration period) {
    this.store = store;
    this.clock = clock;
    this.periodMillis = period.toMillis();
  }

  void count(
      OrgScope scope,
      CallFacts.Tool call,
      Outcome.Status status,
      long totalMicros,
      long upstreamMicros) {
    Subject subject =
        new Subject(
            begin(clock.now()),
            scope.organizationId(),
            scope.keyId(),
            scope.userId(),
            scope.project(),
            storable(call.connector()),
            storable(call.tool()),
            status);
    if (open.size() >= MOST && !open.containsKey(subject)) {
      dropped.increment();
    } else {
      open.merge(subject, new Tally(1, totalMicros, upstreamMicros), Tally::plus);
    }
  }

  private Instant begin(Instant now) {
    return Instant.ofEpochMilli(Math.floorDiv(now.toEpochMilli(), periodMillis) * periodMillis);
  }

  /** What PostgreSQL takes as text. */
  private static String storable(String name) {
    String kept = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
    return new String(kept.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
        .replace("\0", "");
  }

  /** How many entries wait to be written. */
  int waiting() {
    return open.size();
  }

  /** How many calls were not counted, for want of room while PostgreSQL was away. */
  long dropped() {
    return dropped.sum();
  }

  /**
   * Writes the minutes that have ended.
   *
   * @param all also the one that has not
   */
  synchronized void write(boolean all) {
    if (!leaving.isEmpty() && !leave()) {
      return;
    }
    Instant present = begin(clock.now());
    for (Subject subject : open.keySet()) {
      if (all || subject.at().isBefore(present)) {
        Tally tally = open.remove(subject);
        if (tally != null) {
          leaving.add(new Row(Ids.at(subject.at()), subject, tally));
        }
      }
    }
    leave();
  }

  /** Writes what left; false: it has to be tried again. */
  private boolean leave() {
    while (!leaving.isEmpty()) {
      List<Row> chunk = leaving.stream().limit(CHUNK).toList();
      switch (store.write(chunk)) {
        case DONE -> forget(chunk.size());
        case AGAIN -> {
          return false;
        }
        case REJECTED -> oneByOne(chunk);
      }
    }
    return true;
  }

  private void oneByOne(List<Row> chunk) {
    for (Row row : new ArrayList<>(chunk)) {
      if (store.write(List.of(row)) == Verdicts.Trial.REJECTED) {
        LOG.error("a count of {} calls is refused by PostgreSQL", row.tally().calls());
        dropped.add(row.tally().calls());
      }
    }
    forget(chunk.size());
  }

  private void forget(int rows) {
    for (int i = 0; i < rows; i++) {
      leaving.remove();
    }
  }
}
