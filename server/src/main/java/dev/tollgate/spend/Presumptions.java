package dev.tollgate.spend;

import dev.tollgate.kernel.Failure;
import dev.tollgate.spend.Books.Abandoned;
import dev.tollgate.spend.Books.Resolution;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.AuditNote;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.Tenancy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What stays presumed spent of leases whose node is gone with its disk. */
final class Presumptions {

  /**
   * A node that was seen within a minute has its own say, by its journal and its table of holds:
   * what it keeps presumed, calls may still hold.
   */
  private static final String FROZEN =
      """
      SELECT l.id, l.budget_id, l.window_id, l.organization_id, l.node_id, n.epoch,
        n.seen_at > clock_timestamp() - interval '1 minute' AND NOT l.resolved AS awaited
      FROM leases l JOIN nodes n ON n.id = l.node_id
      WHERE l.state = 'frozen' AND (l.id = :lease::bigint OR l.node_id = :node::uuid)
      ORDER BY l.id
      """;

  private Presumptions() {}

  /** A frozen lease, and the epoch that its node has now. */
  private record Frozen(
      long id,
      UUID budget,
      long window,
      UUID organization,
      UUID node,
      long epoch,
      boolean awaited) {}

  /** One transaction for each lease: a budget is locked after its leases, never before one. */
  static List<Resolution> resolve(
      Storage storage, Abandoned whose, Caller.Administrator actor, String reason) {
    List<Frozen> leases = storage.transact(Access.spend(), handle -> find(handle, whose));
    leases.forEach(Presumptions::refuseAwaited);
    List<Resolution> resolved = new ArrayList<>();
    for (Frozen lease : leases) {
      resolved.add(
          storage.transact(Access.spend(), handle -> resolve(handle, lease, actor, reason)));
    }
    return List.copyOf(resolved);
  }

  private static List<Frozen> find(Handle handle, Abandoned whose) {
    return switch (whose) {
      case Abandoned.OfLease(long id) -> {
        require(handle, "leases", "lease", id, Long.class);
        yield frozen(handle, id, null);
      }
      case Abandoned.OfNode(UUID id) -> {
        require(handle, "nodes", "node", id, UUID.class);
        yield frozen(handle, null, id);
      }
    };
  }

  private static <T> void require(Handle handle, String table, String what, T id, Class<T> type) {
    if (handle
        .createQuery("SELECT 1 FROM " + table + " WHERE id = :id")
        .bindByType("id", id, type)
        .mapTo(Integer.class)
        .findOne()
        .isEmpty()) {
      throw Failure.notFound("the database knows no " + what + " " + id);
    }
  }

  private static List<Frozen> frozen(Handle handle, @Nullable Long lease, @Nullable UUID node) {
    return handle
        .createQuery(FROZEN)
        .bindByType("lease", lease, Long.class)
        .bindByType("node", node, UUID.class)
        .map((row, _) ->
            new Frozen(
                row.getLong("id"),
                row.getObject("budget_id", UUID.class),
                row.getLong("window_id"),
                row.getObject("organization_id", UUID.class),
                row.getObject("node_id", UUID.class),
                row.getLong("epoch"),
                row.getBoolean("awaited")))
        .list();
  }

  private static void refuseAwaited(Frozen lease) {
    if (lease.awaited()) {
      throw Failure.invalid(
          "node",
          "node "
              + lease.node()
              + " was seen within a minute and has not yet said what it spent of lease "
              + lease.id()
              + ": wait for it, or stop it for good");
    }
  }

  private static Resolution resolve(
      Handle handle, Frozen lease, Caller.Administrator actor, String reason) {
    Money reversed =
        new Money(
            handle
                .createQuery("SELECT spend_reverse(:node, :epoch, :lease, 0, true)")
                .bind("node", lease.node())
                .bind("epoch", lease.epoch())
                .bind("lease", lease.id())
                .mapTo(Long.class)
                .one());
    if (reversed.nanos() > 0) {
      Tenancy.audit(
          handle,
          actor,
          new AuditNote(
              "books.resolve",
              "budget",
              lease.budget().toString(),
              lease.organization(),
              Map.of(
                  "reason", reason,
                  "lease", lease.id(),
                  "window", lease.window(),
                  "node", lease.node().toString(),
                  "reversed", reversed.toDollars())));
    }
    return new Resolution(lease.id(), lease.budget(), lease.window(), reversed);
  }
}
