package dev.tollgate.toolcache;

import dev.tollgate.kernel.Clock;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL knows of this node and the others: which live, and which write without Redis.
 *
 * <p>A look is good for the time of a lease. The era is part of every generation: it goes up when a
 * node that wrote without Redis is back, which ends all answers at once.
 */
final class Peers {

  private static final String LOOK =
      """
      SELECT coalesce(bool_or(cache_cut_off) FILTER (WHERE id = :own), false) AS own,
        coalesce(bool_or(cache_cut_off) FILTER (WHERE id <> :own), false) AS others,
        coalesce(bool_or(id = :own), false) AS known,
        coalesce(bool_or(cache_cut_off AND seen_at < clock_timestamp() - interval '60 seconds')
          FILTER (WHERE id <> :own), false) AS dead,
        coalesce(bool_or(id = :own AND seen_at < clock_timestamp() - interval '5 seconds'), false)
          AS unseen,
        coalesce(sum(cache_era), 0)::bigint AS era,
        coalesce(array_agg(id) FILTER (
          WHERE id <> :own AND seen_at > clock_timestamp() - interval '30 seconds'), '{}') AS live
      FROM nodes
      """;

  /** A mark that an earlier process of this node left is answered for by a new era. */
  private static final String CLAIM =
      """
      UPDATE nodes SET seen_at = clock_timestamp(), cache_era = cache_era + cache_cut_off::int,
        cache_cut_off = false
      WHERE id = :own
      """;

  private static final String SEEN = "UPDATE nodes SET seen_at = clock_timestamp() WHERE id = :own";

  private static final String BURY =
      """
      UPDATE nodes SET cache_cut_off = false, cache_era = cache_era + 1
      WHERE cache_cut_off AND id <> :own AND seen_at < clock_timestamp() - interval '60 seconds'
      """;

  private static final String MARK =
      "UPDATE nodes SET cache_cut_off = true, seen_at = clock_timestamp() WHERE id = :own";

  private static final String CLEAR =
      """
      UPDATE nodes SET cache_cut_off = false, cache_era = cache_era + 1
      WHERE id = :own AND cache_cut_off
      """;

  /** After so long without a look others may have come and gone. */
  private static final long GAP = Duration.ofSeconds(15).toNanos();

  private final Storage storage;
  private final UUID own;
  private final Clock clock;
  private final Executor threads;
  private final long leaseNanos;
  private final AtomicReference<@Nullable CompletableFuture<Look>> underWay =
      new AtomicReference<>();
  private volatile @Nullable Look last;
  private volatile long claimedAt;
  private volatile boolean claimed;

  /**
   * What was seen.
   *
   * @param sentAt the monotonic reading before the question went out
   * @param ownMark whether this node says that it writes without Redis
   * @param otherMark whether another one does
   * @param live the other nodes that live
   * @param alone counts up whenever this node may not have been the only one since the look before
   */
  record Look(
      long sentAt, boolean ownMark, boolean otherMark, long era, Set<UUID> live, long alone) {

    boolean marked() {
      return ownMark || otherMark;
    }
  }

  Peers(Storage storage, UUID own, Clock clock, Executor threads, Duration lease) {
    this.storage = storage;
    this.own = own;
    this.clock = clock;
    this.threads = threads;
    this.leaseNanos = lease.toNanos();
  }

  /** The last look where it is still good at {@code now}. */
  @Nullable Look current(long now) {
    Look look = last;
    return look != null && now - look.sentAt() <= leaseNanos ? look : null;
  }

  /** A good look: the last one, or a new one. */
  CompletableFuture<Look> fresh() {
    Look look = current(clock.nanoTime());
    return look == null ? renew() : CompletableFuture.completedFuture(look);
  }

  /** Looks again, or waits for the look under way. */
  CompletableFuture<Look> renew() {
    CompletableFuture<Look> mine = new CompletableFuture<>();
    CompletableFuture<Look> other = underWay.compareAndExchange(null, mine);
    if (other != null) {
      return other;
    }
    if (!storage.available()) {
      underWay.set(null);
      mine.completeExceptionally(new IllegalStateException("the database is away"));
      return mine;
    }
    threads.execute(() -> look(mine));
    return mine;
  }

  private void look(CompletableFuture<Look> result) {
    try {
      long sentAt = clock.nanoTime();
      Look before = last;
      Look look = storage.transact(Access.spend(), handle -> look(handle, sentAt, before));
      if (!claimed) {
        claimed = true;
        claimedAt = clock.nanoTime();
      }
      last = look;
      underWay.set(null);
      result.complete(look);
    } catch (RuntimeException e) {
      underWay.set(null);
      result.completeExceptionally(e);
    }
  }

  private Look look(Handle handle, long sentAt, @Nullable Look before) {
    if (!claimed) {
      handle.createUpdate(CLAIM).bind("own", own).execute();
    }
    return handle
        .createQuery(LOOK)
        .bind("own", own)
        .map((row, _) -> {
          if (!row.getBoolean("known")) {
            throw new IllegalStateException("this node is not in the table of nodes");
          }
          if (row.getBoolean("unseen")) {
            handle.createUpdate(SEEN).bind("own", own).execute();
          }
          if (row.getBoolean("dead")) {
            handle.createUpdate(BURY).bind("own", own).execute();
          }
          Set<UUID> live = Set.of((UUID[]) row.getArray("live").getArray());
          boolean others = !live.isEmpty() || before == null || sentAt - before.sentAt() > GAP;
          long alone = (before == null ? 0 : before.alone()) + (others ? 1 : 0);
          return new Look(
              sentAt,
              row.getBoolean("own"),
              row.getBoolean("others"),
              row.getLong("era"),
              live,
              alone);
        })
        .one();
  }

  /**
   * Whether this node is known to all others at {@code now}: one that looked just before it came
   * writes without telling it.
   */
  boolean known(long now) {
    return claimed && now - claimedAt > leaseNanos;
  }

  /** Whether the others still count this node among the living at {@code now}. */
  boolean lively(long now) {
    Look look = last;
    return look != null && now - look.sentAt() < GAP;
  }

  /** Says that this node writes without Redis; the look that follows is made after that. */
  CompletableFuture<Look> mark() {
    return change(MARK).thenCompose(marked -> looked());
  }

  /** Ends all answers, and says that this node writes with Redis again. */
  CompletableFuture<Look> clear() {
    return change(CLEAR).thenCompose(cleared -> looked());
  }

  /** A look that is sent after this call. */
  private CompletableFuture<Look> looked() {
    CompletableFuture<Look> look = underWay.get();
    return look == null
        ? renew()
        : look.handle((done, thrown) -> true).thenCompose(ended -> renew());
  }

  private CompletableFuture<Integer> change(String sql) {
    CompletableFuture<Integer> result = new CompletableFuture<>();
    threads.execute(() -> {
      try {
        result.complete(
            storage.transact(
                Access.spend(), handle -> handle.createUpdate(sql).bind("own", own).execute()));
      } catch (RuntimeException e) {
        result.completeExceptionally(e);
      }
    });
    return result;
  }
}
