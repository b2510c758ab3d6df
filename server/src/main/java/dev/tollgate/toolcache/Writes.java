package dev.tollgate.toolcache;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls that may change something. Each has a mark of its own in Redis from before it is sent until
 * its outcome is known; where it never is, until the mark lapses. Setting the mark and taking it
 * away change the id.
 *
 * <p>Where Redis cannot be told, the node's row in PostgreSQL is marked instead, and the write
 * waits until every other node must have seen that. When Redis is back, the marks of what is under
 * way are set there, and then a new era ends all answers and the row's mark.
 */
final class Writes {

  private static final Logger LOG = LoggerFactory.getLogger(Writes.class);

  /** How often marks are looked after. */
  static final Duration BEAT = Duration.ofMillis(100);

  private final Generations generations;
  private final Revocations revocations;
  private final Peers peers;
  private final Clock clock;
  private final long leaseNanos;
  private final Duration doubt;
  private final Set<Write> live = ConcurrentHashMap.newKeySet();

  /** Guards {@link #rowMarked}, {@link #rowMarkedAt}, {@link #clearing}, {@link Write#cutOff}. */
  private final Object gate = new Object();

  /** Whether the row may be marked. */
  private boolean rowMarked;

  /** Since when the row has been marked at a stretch; null where that is not sure. */
  private @Nullable Long rowMarkedAt;

  /** While the row's mark is being taken away; who needs it waits and marks it again. */
  private @Nullable CompletableFuture<@Nullable Void> clearing;

  Writes(
      CacheConfig config,
      Generations generations,
      Revocations revocations,
      Peers peers,
      Clock clock) {
    this.generations = generations;
    this.revocations = revocations;
    this.peers = peers;
    this.clock = clock;
    this.leaseNanos = config.lease().toNanos();
    this.doubt = config.doubt();
  }

  /** A write under way, or in doubt. */
  private final class Write implements WriteTicket {

    private final String mark = UUID.randomUUID().toString();
    private final List<Scope> scopes;
    private final long lapses;

    /** Whether the others know of it by PostgreSQL alone. */
    private boolean cutOff;

    /** Whether its mark is being taken away for good; guarded by the write's monitor. */
    private boolean ending;

    private volatile CompletableFuture<@Nullable Void> leasesOver =
        CompletableFuture.completedFuture(null);

    Write(List<Scope> scopes, Duration deadline) {
      this.scopes = scopes;
      this.lapses = clock.nanoTime() + deadline.plus(doubt).toNanos();
    }

    @Override
    public CompletionStage<Void> after(Outcome outcome) {
      return end(this, outcome == Outcome.IN_DOUBT);
    }

    long millisLeft() {
      return Math.max(1, TimeUnit.NANOSECONDS.toMillis(lapses - clock.nanoTime()));
    }
  }

  /**
   * Makes sure that every node knows of the write.
   *
   * @param deadline after which the call is given up
   * @return fails with {@link Failure} where that cannot be made sure: the write must not be sent
   */
  CompletableFuture<WriteTicket> begin(List<Scope> scopes, Duration deadline) {
    Write write = new Write(scopes, deadline);
    live.add(write);
    changeHere(write, 1);
    return mark(write, false)
        .<@Nullable Throwable>handle((marked, thrown) -> thrown)
        .thenCompose(thrown -> {
          if (thrown != null) {
            return cutOff(write);
          }
          return lively().thenAccept(seen -> write.leasesOver = revocations.revoke(scopes));
        })
        .<WriteTicket>thenApply(ready -> write)
        .whenComplete((ready, thrown) -> {
          if (thrown != null) {
            forget(write);
          }
        });
  }

  /** A node that the others took for dead could not be told by them of its being alone. */
  private CompletableFuture<@Nullable Void> lively() {
    if (peers.lively(clock.nanoTime())) {
      return CompletableFuture.completedFuture(null);
    }
    return peers
        .renew()
        .handle((look, thrown) -> {
          if (thrown != null && !peers.lively(clock.nanoTime())) {
            throw refused(thrown);
          }
          return null;
        });
  }

  private static Failure refused(Throwable cause) {
    return Failure.of(
        ErrorCode.UNAVAILABLE,
        "neither Redis nor the database can tell the other nodes of this write, so it was not"
            + " sent; try again",
        cause);
  }

  private void changeHere(Write write, int more) {
    for (Scope scope : write.scopes) {
      ScopeState state = generations.state(scope);
      state.writing(more);
      state.revoke(clock.nanoTime());
    }
  }

  private void forget(Write write) {
    if (live.remove(write)) {
      changeHere(write, -1);
    }
  }

  /**
   * Marks all scopes in Redis.
   *
   * @param whereMissing whether a mark that is there is left alone, and the id with it
   * @return whether something was done; fails where one of them may not be marked
   */
  private CompletableFuture<Boolean> mark(Write write, boolean whereMissing) {
    List<CompletableFuture<Boolean>> marks = new ArrayList<>();
    for (Scope scope : write.scopes) {
      marks.add(
          generations
              .run(
                  Scripts.MARK,
                  scope.keys(),
                  Generations.text(UUID.randomUUID().toString()),
                  Generations.text(write.mark),
                  Generations.text(Long.toString(write.millisLeft())),
                  Generations.text(whereMissing ? "1" : "0"))
              .thenApply(reply -> {
                boolean changed = reply.number(1) == 1;
                if (changed) {
                  generations.retire(reply.text(0));
                  generations.state(scope).revoke(clock.nanoTime());
                }
                return changed;
              }));
    }
    return any(marks);
  }

  /** Whether one of them is true, when all are done. */
  private static CompletableFuture<Boolean> any(List<CompletableFuture<Boolean>> all) {
    return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> all.stream().anyMatch(CompletableFuture::join));
  }

  /** Tells the others by PostgreSQL, and waits until they must have seen it. */
  private CompletableFuture<@Nullable Void> cutOff(Write write) {
    CompletableFuture<@Nullable Void> wait;
    boolean lively = peers.lively(clock.nanoTime());
    synchronized (gate) {
      wait = clearing;
      if (wait == null) {
        write.cutOff = true;
        rowMarked = true;
        // Others take the mark of a node away that they took for dead.
        rowMarkedAt = lively ? rowMarkedAt : null;
      }
    }
    if (wait != null) {
      return wait.thenCompose(cleared -> cutOff(write));
    }
    return peers
        .mark()
        .<Told>handle((look, thrown) -> new Told(look, thrown))
        .thenCompose(told -> seenBy(write, told.look(), told.thrown()));
  }

  private record Told(Peers.@Nullable Look look, @Nullable Throwable thrown) {}

  /** Completes when every other node must have seen the row's mark. */
  private CompletableFuture<@Nullable Void> seenBy(
      Write write, Peers.@Nullable Look look, @Nullable Throwable thrown) {
    synchronized (gate) {
      if (!write.cutOff) {
        // Redis came back meanwhile, and has its mark.
        return CompletableFuture.completedFuture(null);
      }
      CompletableFuture<@Nullable Void> wait = clearing;
      if (wait != null) {
        // The mark may be on its way out: afterwards Redis has this write's, or the row needs one.
        return wait.thenCompose(cleared -> stillCutOff(write));
      }
      if (look == null || !look.ownMark()) {
        throw refused(thrown == null ? new IllegalStateException("not marked") : thrown);
      }
      long since = rowMarkedAt == null ? clock.nanoTime() : rowMarkedAt;
      rowMarkedAt = since;
      return look.live().isEmpty()
          ? CompletableFuture.completedFuture(null)
          : revocations.lapse(since + leaseNanos + Revocations.SKEW_NANOS);
    }
  }

  private CompletableFuture<@Nullable Void> stillCutOff(Write write) {
    boolean still;
    synchronized (gate) {
      still = write.cutOff;
    }
    return still ? cutOff(write) : CompletableFuture.completedFuture(null);
  }

  private CompletableFuture<Void> end(Write write, boolean inDoubt) {
    synchronized (write) {
      write.ending = !inDoubt;
    }
    for (Scope scope : write.scopes) {
      generations.state(scope).revoke(clock.nanoTime());
    }
    boolean byRow;
    CompletableFuture<@Nullable Void> wait;
    synchronized (gate) {
      wait = clearing;
      byRow = write.cutOff;
    }
    if (wait != null) {
      return wait.thenCompose(cleared -> end(write, inDoubt));
    }
    CompletableFuture<@Nullable Void> over =
        byRow ? CompletableFuture.completedFuture(null) : unmark(write, inDoubt);
    return over.handle((done, thrown) -> {
      if (thrown != null) {
        LOG.warn("older answers may be given for a while: {}", thrown.getMessage());
      }
      if (!inDoubt) {
        forget(write);
      }
      return null;
    });
  }

  /** Changes the ids, and takes the marks away unless they are in doubt. */
  private CompletableFuture<@Nullable Void> unmark(Write write, boolean inDoubt) {
    List<CompletableFuture<Boolean>> missing = new ArrayList<>();
    for (Scope scope : write.scopes) {
      missing.add(
          generations
              .run(
                  Scripts.UNMARK,
                  scope.keys(),
                  Generations.text(UUID.randomUUID().toString()),
                  Generations.text(write.mark),
                  Generations.text(inDoubt ? "1" : "0"))
              .thenApply(reply -> {
                generations.retire(reply.text(0));
                generations.state(scope).revoke(clock.nanoTime());
                return reply.number(1) == 0;
              }));
    }
    return any(missing)
        .<Failed>handle((lost, thrown) -> new Failed(lost, thrown))
        .thenCompose(failed -> {
          if (failed.thrown() != null) {
            return cutOff(write);
          }
          // Redis was flushed meanwhile: others may have begun anew under an id of that time.
          boolean anew = Boolean.TRUE.equals(failed.lost());
          return anew ? revocations.revoke(write.scopes) : write.leasesOver;
        });
  }

  private record Failed(@Nullable Boolean lost, @Nullable Throwable thrown) {}

  /** Looks after marks: those that Redis lost are set again, those that lapsed are forgotten. */
  void beat() {
    long now = clock.nanoTime();
    for (Write write : live) {
      if (now - write.lapses >= 0) {
        forget(write);
      }
    }
    boolean marked;
    synchronized (gate) {
      marked = rowMarked && clearing == null;
    }
    if (marked) {
      recover();
      return;
    }
    live.forEach(this::markAgain);
  }

  /** Where Redis lost the mark, others may have begun anew under an id of that time. */
  private void markAgain(Write write) {
    synchronized (write) {
      // A mark that is set behind its taking away would stay until it lapses.
      if (write.ending) {
        return;
      }
      setAgain(write);
    }
  }

  private void setAgain(Write write) {
    var _ =
        mark(write, true)
            .whenComplete((changed, thrown) -> {
              if (thrown != null || changed) {
                write.leasesOver = revocations.revoke(write.scopes);
              }
            });
  }

  /** Goes back to Redis, if it can be reached. */
  private void recover() {
    CompletableFuture<@Nullable Void> cleared = new CompletableFuture<>();
    List<Write> known;
    synchronized (gate) {
      clearing = cleared;
      known = live.stream().filter(Writes::goesOn).toList();
    }
    List<CompletableFuture<Boolean>> marks = new ArrayList<>();
    marks.add(reachable());
    known.forEach(write -> marks.add(mark(write, true)));
    var _ =
        any(marks)
            .thenCompose(marked -> {
              long until = clock.nanoTime() + leaseNanos + Revocations.SKEW_NANOS;
              synchronized (gate) {
                // Whether it was taken away is not known before the answer.
                rowMarkedAt = null;
              }
              return peers.clear().thenAccept(look -> recovered(known, until));
            })
            .whenComplete((done, thrown) -> {
              synchronized (gate) {
                clearing = null;
              }
              cleared.complete(null);
            });
  }

  private static boolean goesOn(Write write) {
    synchronized (write) {
      return !write.ending;
    }
  }

  private CompletableFuture<Boolean> reachable() {
    Scope nobody = Scope.shared("", "");
    return generations
        .run(Scripts.LOOK, nobody.keys(), Generations.text(UUID.randomUUID().toString()))
        .thenApply(reply -> true);
  }

  /** What was told by PostgreSQL is told by Redis now; leases from before that lapse. */
  private void recovered(List<Write> known, long until) {
    synchronized (gate) {
      rowMarked = false;
      for (Write write : known) {
        if (write.cutOff) {
          write.cutOff = false;
          write.leasesOver = revocations.lapse(until);
        }
      }
    }
    LOG.info("writes are told by Redis again; all answers from before were dropped");
  }
}
