package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Looks at many budgets and leases at a time, and says that this node lives. Blocks. */
final class BudgetPoll {

  private final Storage storage;
  private final Clock clock;
  private final Node node;
  private final Duration lifetime;
  private final Readings readings;

  BudgetPoll(Storage storage, Clock clock, Node node, Duration lifetime, Readings readings) {
    this.storage = storage;
    this.clock = clock;
    this.node = node;
    this.lifetime = lifetime;
    this.readings = readings;
  }

  /**
   * What was found.
   *
   * @param batch the last batch that the database has of this node
   * @param readings by budget; those that are gone are missing
   * @param recalled the budgets that another node needs money of
   * @param leases the numbers of the last requests of those that are still this node's, by id
   * @param expires until when these hold, where they were renewed
   */
  record Seen(
      boolean superseded,
      long batch,
      Map<UUID, Reading> readings,
      List<UUID> recalled,
      Map<Long, Long> leases,
      long expires) {}

  /**
   * Reads budgets, and then says that this node lives: commits wait for the node's row, so it is
   * not locked while budgets are read. A database that is not behind afterwards was not before.
   *
   * @param renew the leases to renew and to look at
   */
  Seen look(Collection<UUID> budgets, Collection<Long> renew) {
    Map<UUID, Reading> found =
        budgets.isEmpty()
            ? Map.of()
            : storage.transact(Access.spend(), handle -> read(handle, budgets, clock.nanoTime()));
    long before = clock.nanoTime();
    return storage.transact(
        Access.spend(),
        handle -> {
          Long batch = touch(handle);
          Map<Long, Long> leases =
              batch == null || renew.isEmpty() ? Map.of() : renew(handle, renew);
          return new Seen(
              batch == null,
              batch == null ? 0 : batch,
              found,
              recalled(handle),
              leases,
              before + lifetime.toNanos());
        });
  }

  private @Nullable Long touch(Handle handle) {
    return handle
        .createQuery(
            """
            UPDATE nodes SET seen_at = clock_timestamp() WHERE id = :node AND epoch = :epoch
            RETURNING batch
            """)
        .bind("node", node.id())
        .bind("epoch", node.epoch())
        .mapTo(Long.class)
        .findOne()
        .orElse(null);
  }

  private Map<Long, Long> renew(Handle handle, Collection<Long> leases) {
    Map<Long, Long> found = new HashMap<>();
    handle
        .createQuery(
            """
            UPDATE leases l SET expires_at = clock_timestamp() + :lifetime::interval
            FROM (SELECT id FROM leases
                  WHERE id = ANY (:leases) AND state = 'live' AND node_id = :node
                    AND epoch = :epoch
                  ORDER BY id FOR NO KEY UPDATE) o
            WHERE l.id = o.id RETURNING l.id, l.request
            """)
        .bind("lifetime", lifetime.toMillis() + " milliseconds")
        .bind("node", node.id())
        .bind("epoch", node.epoch())
        .bindArray("leases", Long.class, List.copyOf(leases))
        .map((row, _) -> found.put(row.getLong("id"), row.getLong("request")))
        .list();
    return found;
  }

  /** A recall that is older has been answered, or there was nothing to answer with. */
  private List<UUID> recalled(Handle handle) {
    return handle
        .createQuery(
            """
            SELECT budget_id FROM leases
            WHERE node_id = :node AND epoch = :epoch AND state = 'live'
              AND recall_at > clock_timestamp() - interval '2 seconds'
            """)
        .bind("node", node.id())
        .bind("epoch", node.epoch())
        .mapTo(UUID.class)
        .list();
  }

  private Map<UUID, Reading> read(Handle handle, Collection<UUID> budgets, long before) {
    Map<UUID, Reading> found = new HashMap<>();
    roll(handle, budgets);
    handle
        .createQuery(
            """
            SELECT r.* FROM unnest(:budgets) AS u (budget),
              LATERAL spend_reading(u.budget, :node, :epoch) r
            """)
        .bindArray("budgets", UUID.class, List.copyOf(budgets))
        .bind("node", node.id())
        .bind("epoch", node.epoch())
        .map((row, _) -> {
          Reading reading = readings.read(row, before);
          if (reading != null) {
            found.put(reading.budget(), reading);
          }
          return true;
        })
        .list();
    return found;
  }

  private static void roll(Handle handle, Collection<UUID> budgets) {
    handle
        .createQuery(
            """
            SELECT 1 FROM (SELECT id FROM budgets
              WHERE id = ANY (:budgets) AND window_ends_at <= clock_timestamp() ORDER BY id) due,
              LATERAL spend_roll(due.id)
            """)
        .bindArray("budgets", UUID.class, List.copyOf(budgets))
        .mapTo(Integer.class)
        .list();
  }

  /** Which budgets these organizations have; those that are gone are missing. */
  Map<UUID, BudgetSet> sets(Collection<UUID> organizations) {
    long before = clock.nanoTime();
    return storage.transact(
        Access.spend(),
        handle -> {
          Map<UUID, Draft> drafts = new HashMap<>();
          handle
              .createQuery(
                  """
                  SELECT s.organization_id, s.version, b.id, b.scope, b.subject
                  FROM budget_sets s JOIN budgets b ON b.organization_id = s.organization_id
                  WHERE s.organization_id = ANY (:organizations) AND b.removed_at IS NULL
                  """)
              .bindArray("organizations", UUID.class, List.copyOf(organizations))
              .map((row, _) -> add(drafts, row))
              .list();
          Map<UUID, BudgetSet> sets = new HashMap<>();
          drafts.forEach((organization, draft) -> {
            BudgetSet set = draft.set(organization, before);
            if (set != null) {
              sets.put(organization, set);
            }
          });
          return sets;
        });
  }

  /** The versions of these organizations' sets. */
  Map<UUID, Long> versions(Collection<UUID> organizations) {
    Map<UUID, Long> versions = new HashMap<>();
    storage.transact(
        Access.spend(),
        handle ->
            handle
                .createQuery(
                    """
                    SELECT organization_id, version FROM budget_sets
                    WHERE organization_id = ANY (:organizations)
                    """)
                .bindArray("organizations", UUID.class, List.copyOf(organizations))
                .map((row, _) ->
                    versions.put(
                        row.getObject("organization_id", UUID.class), row.getLong("version")))
                .list());
    return versions;
  }

  private static boolean add(Map<UUID, Draft> drafts, ResultSet row) throws SQLException {
    UUID organization = row.getObject("organization_id", UUID.class);
    Draft draft = drafts.computeIfAbsent(organization, _ -> new Draft());
    draft.version = row.getLong("version");
    UUID id = row.getObject("id", UUID.class);
    String subject = row.getString("subject");
    switch (BudgetScope.valueOf(row.getString("scope").toUpperCase(Locale.ROOT))) {
      case KEY -> draft.keys.put(UUID.fromString(subject), id);
      case PROJECT -> draft.projects.put(subject, id);
      case USER -> draft.users.put(UUID.fromString(subject), id);
      case ORGANIZATION -> draft.whole = id;
    }
    return true;
  }

  /** A set as its rows come in. */
  private static final class Draft {
    private final Map<UUID, UUID> keys = new HashMap<>();
    private final Map<String, UUID> projects = new HashMap<>();
    private final Map<UUID, UUID> users = new HashMap<>();
    private long version;
    private @Nullable UUID whole;

    @Nullable BudgetSet set(UUID organization, long at) {
      return whole == null
          ? null
          : new BudgetSet(
              organization, version, whole, keys, projects, users, at, new ConcurrentHashMap<>());
    }
  }
}
