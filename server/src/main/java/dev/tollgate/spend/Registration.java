package dev.tollgate.spend;

import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a node begins: its epoch is raised, and what its earlier process left in its leases is
 * presumed spent, all in one commit. Nobody knows what that process told its callers.
 */
final class Registration {

  private static final Logger LOG = LoggerFactory.getLogger(Registration.class);

  /** What an earlier process left. */
  private record Remainder(
      long lease, UUID organization, UUID budget, long window, long nanos, UUID call) {}

  private Registration() {}

  static Node register(Storage storage, UUID id, String address) {
    return storage.transact(
        Access.spend(),
        handle -> {
          Node node = raise(handle, id, address);
          freeze(handle, node);
          return node;
        });
  }

  private static Node raise(Handle handle, UUID id, String address) {
    // Against the earlier process, should it still run: none of its requests is under way after.
    handle
        .createQuery("SELECT id FROM nodes WHERE id = :id FOR UPDATE")
        .bind("id", id)
        .mapTo(UUID.class)
        .list();
    return handle
        .createQuery(
            """
            INSERT INTO nodes (id, epoch, address) VALUES (:id, 1, :address)
            ON CONFLICT (id) DO UPDATE SET epoch = nodes.epoch + 1, address = excluded.address,
              started_at = now(), seen_at = now()
            RETURNING epoch, batch
            """)
        .bind("id", id)
        .bind("address", address)
        .map((row, context) -> new Node(id, row.getLong("epoch"), row.getLong("batch")))
        .one();
  }

  private static void freeze(Handle handle, Node node) {
    List<Remainder> left =
        handle
            .createQuery(
                """
                SELECT id, organization_id, budget_id, window_id, granted_nanos - spent_nanos AS nanos
                FROM leases WHERE node_id = :node AND epoch < :epoch AND state = 'live'
                ORDER BY id FOR NO KEY UPDATE
                """)
            .bind("node", node.id())
            .bind("epoch", node.epoch())
            .map((row, context) ->
                new Remainder(
                    row.getLong("id"),
                    row.getObject("organization_id", UUID.class),
                    row.getObject("budget_id", UUID.class),
                    row.getLong("window_id"),
                    row.getLong("nanos"),
                    Ids.next()))
            .list();
    close(handle, left.stream().filter(each -> each.nanos() <= 0).toList());
    List<Remainder> open = left.stream().filter(each -> each.nanos() > 0).toList();
    if (!open.isEmpty()) {
      LOG.warn(
          "{} leases of this node's last run were not given back: what was left of them, {}, is"
              + " presumed spent",
          open.size(),
          new Money(open.stream().mapToLong(Remainder::nanos).sum()));
      presume(handle, open);
    }
  }

  private static void close(Handle handle, List<Remainder> leases) {
    handle
        .createUpdate("UPDATE leases SET state = 'closed' WHERE id = ANY (:leases)")
        .bindArray("leases", Long.class, leases.stream().map(Remainder::lease).toList())
        .execute();
  }

  private static void presume(Handle handle, List<Remainder> leases) {
    PreparedBatch entries =
        handle.prepareBatch(
            """
            INSERT INTO ledger (held_at, call_id, attempt, kind, organization_id, held_nanos,
              cost_nanos, status, budgets, windows)
            VALUES (:heldAt, :call, 0, 'presumed', :organization, :nanos, :nanos, 'presumed',
              ARRAY[:budget], ARRAY[:window])
            """);
    PreparedBatch frozen =
        handle.prepareBatch(
            """
            UPDATE leases SET state = 'frozen', spent_nanos = granted_nanos,
              presumed_nanos = :nanos, presumed_call = :call WHERE id = :lease
            """);
    for (Remainder each : leases) {
      entries
          .bind("heldAt", Ids.instant(each.call()).atOffset(ZoneOffset.UTC))
          .bind("call", each.call())
          .bind("organization", each.organization())
          .bind("nanos", each.nanos())
          .bind("budget", each.budget())
          .bind("window", each.window())
          .add();
      frozen
          .bind("nanos", each.nanos())
          .bind("call", each.call())
          .bind("lease", each.lease())
          .add();
    }
    entries.execute();
    frozen.execute();
  }
}
