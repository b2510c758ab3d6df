package dev.tollgate.spend;

import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes after a crash or a long pause: leases that were not renewed are presumed spent, and
 * their node, when it is back, takes back what it knows was not. Blocks.
 *
 * <p>What it knows is its table of holds: an attempt that is in there, and whose charge is not in
 * the ledger, may have been billed. The rest of a lease was free.
 */
final class Aftermath {

  private static final Logger LOG = LoggerFactory.getLogger(Aftermath.class);

  /** What clocks may differ by between a renewal and what follows from it. */
  static final Duration SKEW = Duration.ofSeconds(1);

  private static final int MOST = 200;

  private final Storage storage;
  private final Node node;
  private final HoldTable table;
  private final Journal journal;
  private volatile LastRun lastRun;
  private volatile boolean matched;
  private boolean vouched;

  /** A lease of this node whose remainder was presumed. */
  private record Frozen(long id, long epoch) {}

  Aftermath(Storage storage, Node node, HoldTable table, Journal journal) {
    this.storage = storage;
    this.node = node;
    this.table = table;
    this.journal = journal;
    this.lastRun =
        LastRun.found(
            table.trusted(),
            journal.recovery().trusted(),
            node.batch(),
            Math.max(journal.lastBatch(), journal.lastAcknowledged()));
    if (!table.trusted() && node.returning()) {
      LOG.warn(
          "it is not known what this node's last run had open: what it leased and did not settle"
              + " stays presumed spent");
    }
  }

  /** The journal is replayed; what could not be read of it may have ended anyhow. */
  void replayed(List<Damage> damages) {
    lastRun = lastRun.read(damages);
    try {
      match();
    } catch (RuntimeException e) {
      LOG.debug("what the last run left is looked at again", e);
    }
  }

  /** Forgets holds of the last run whose charges are in the ledger. */
  private void match() {
    List<OpenHold> left = table.left();
    if (!left.isEmpty()) {
      Set<String> charged = storage.transact(Access.spend(), handle -> charged(handle, left));
      left.stream()
          .filter(hold -> charged.contains(hold.call() + "/" + hold.attempt()))
          .forEach(table::forget);
    }
    matched = true;
  }

  private static Set<String> charged(Handle handle, List<OpenHold> left) {
    return Set.copyOf(
        handle
            .createQuery(
                """
                SELECT l.call_id || '/' || l.attempt
                FROM unnest(:instants::timestamptz[], :calls, :attempts) AS h (held_at, call_id, attempt)
                  JOIN ledger l ON l.held_at = h.held_at AND l.call_id = h.call_id
                    AND l.attempt = h.attempt AND l.kind = 'charge'
                """)
            .bindArray(
                "instants",
                String.class,
                left.stream()
                    .map(hold -> Ids.instant(hold.call()).atOffset(ZoneOffset.UTC).toString())
                    .toList())
            .bindArray("calls", UUID.class, left.stream().map(OpenHold::call).toList())
            .bindArray("attempts", Integer.class, left.stream().map(OpenHold::attempt).toList())
            .mapTo(String.class)
            .list());
  }

  /**
   * Freezes what expired, whosever it is, and takes back what of our own was not spent.
   *
   * @param inUse leases that this node still gives money from
   */
  void look(Set<Long> inUse) {
    freeze();
    if (!matched) {
      match();
    }
    List<Frozen> ours = storage.transact(Access.spend(), this::frozen);
    if (!ours.isEmpty()) {
      Map<Long, Long> open = LastRun.byLease(table.open());
      for (Frozen lease : ours) {
        if (!inUse.contains(lease.id())) {
          resolve(lease, open.getOrDefault(lease.id(), 0L));
        }
      }
    }
    if (!vouched && ours.isEmpty() && noneIsPast()) {
      table.left().forEach(table::forget);
      table.vouch();
      journal.vouch();
      vouched = true;
    }
  }

  private void freeze() {
    int frozen =
        storage.transact(
            Access.spend(),
            handle ->
                handle
                    .createQuery("SELECT spend_freeze(:skew::interval, :most)")
                    .bind("skew", SKEW.toMillis() + " milliseconds")
                    .bind("most", MOST)
                    .mapTo(Integer.class)
                    .one());
    if (frozen > 0) {
      LOG.warn("{} leases expired: what was left of them is presumed spent", frozen);
    }
  }

  private List<Frozen> frozen(Handle handle) {
    return handle
        .createQuery(
            """
            SELECT id, epoch FROM leases
            WHERE node_id = :node AND state = 'frozen' AND NOT resolved ORDER BY id LIMIT :most
            """)
        .bind("node", node.id())
        .bind("most", MOST)
        .map((row, _) -> new Frozen(row.getLong("id"), row.getLong("epoch")))
        .list();
  }

  private void resolve(Frozen lease, long open) {
    LastRun.Remainder remainder = lastRun.remainder(lease.epoch() < node.epoch(), open);
    long reversed =
        storage.transact(
            Access.spend(),
            handle ->
                handle
                    .createQuery("SELECT spend_reverse(:node, :epoch, :lease, :keep, :resolved)")
                    .bind("node", node.id())
                    .bind("epoch", node.epoch())
                    .bind("lease", lease.id())
                    .bind("keep", remainder.keep())
                    .bind("resolved", remainder.resolved())
                    .mapTo(Long.class)
                    .one());
    if (reversed > 0) {
      LOG.info(
          "lease {}: {} were presumed spent and were not; {} stay presumed",
          lease.id(),
          new Money(reversed),
          new Money(open));
    }
  }

  /** Whether no lease of an earlier process can still be frozen. */
  private boolean noneIsPast() {
    return storage.transact(
        Access.spend(),
        handle ->
            handle
                .createQuery(
                    """
                    SELECT NOT EXISTS (SELECT FROM leases
                      WHERE node_id = :node AND epoch < :epoch
                        AND (state = 'live' OR state = 'frozen' AND NOT resolved))
                    """)
                .bind("node", node.id())
                .bind("epoch", node.epoch())
                .mapTo(Boolean.class)
                .one());
  }
}
