package dev.tollgate.spend;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Failure;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leases and budgets in PostgreSQL, as one node asks for them. Blocks. */
final class LeaseStore {

  private static final Logger LOG = LoggerFactory.getLogger(LeaseStore.class);

  private final Storage storage;
  private final Clock clock;
  private final Node node;
  private final Duration lifetime;
  private final Cache<String, Ladder> ladders = Caffeine.newBuilder().maximumSize(1_000).build();

  LeaseStore(Storage storage, Clock clock, Node node, Duration lifetime) {
    this.storage = storage;
    this.clock = clock;
    this.node = node;
    this.lifetime = lifetime;
  }

  /** Asks; never throws: what went wrong is {@link Reply.Lost}. */
  Reply ask(UUID organization, Effect.Request request) {
    long before = clock.nanoTime();
    try {
      return storage.autocommit(connection ->
          switch (request) {
            case Effect.Open ignored -> open(connection, organization, before);
            case Effect.Ask ask -> grant(connection, ask, before);
            case Effect.Return back -> giveBack(connection, back);
          });
    } catch (Failure e) {
      LOG.debug("asking for {}", organization, e);
    } catch (RuntimeException e) {
      LOG.error("the budget of organization {} cannot be leased", organization, e);
    }
    return new Reply.Lost();
  }

  private Reply open(Connection connection, UUID organization, long before) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT superseded, lease, lease_granted, lease_spent, lease_request, (reading).*"
                + " FROM tollgate.spend_open(?, ?, ?, ?::interval)")) {
      statement.setObject(1, node.id());
      statement.setLong(2, node.epoch());
      statement.setObject(3, organization);
      statement.setString(4, interval());
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return new Reply.Unknown();
        }
        Reading reading = reading(row, before);
        if (row.getBoolean("superseded")) {
          return new Reply.Superseded();
        }
        return reading == null
            ? new Reply.Unknown()
            : new Reply.Open(
                new Opened(
                    row.getLong("lease"),
                    row.getLong("lease_granted"),
                    row.getLong("lease_spent"),
                    row.getLong("lease_request"),
                    reading),
                before + lifetime.toNanos());
      }
    }
  }

  private Reply grant(Connection connection, Effect.Ask ask, long before) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT superseded, given, (reading).*"
                + " FROM tollgate.spend_ask(?, ?, ?, ?, ?, ?, ?, ?::interval)")) {
      statement.setObject(1, node.id());
      statement.setLong(2, node.epoch());
      statement.setLong(3, ask.lease().id());
      statement.setLong(4, ask.request());
      statement.setLong(5, ask.ask());
      statement.setLong(6, ask.demand());
      statement.setLong(7, ask.want());
      statement.setString(8, interval());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean("superseded")
            ? new Reply.Superseded()
            : new Reply.Given(
                row.getLong("given"), reading(row, before), before + lifetime.toNanos());
      }
    }
  }

  private Reply giveBack(Connection connection, Effect.Return back) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT superseded, closed FROM tollgate.spend_return(?, ?, ?, ?, ?, ?)")) {
      statement.setObject(1, node.id());
      statement.setLong(2, node.epoch());
      statement.setLong(3, back.lease().id());
      statement.setLong(4, back.request());
      statement.setLong(5, back.amount());
      statement.setBoolean(6, back.close());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean("superseded")
            ? new Reply.Superseded()
            : new Reply.Returned(row.getBoolean("closed"));
      }
    }
  }

  /**
   * What a look at many budgets found.
   *
   * @param readings by organization; those that are gone are missing
   * @param expires until when the leases hold that were renewed
   */
  record Poll(boolean superseded, Map<UUID, Reading> readings, long expires) {}

  /**
   * Reads the budgets of {@code organizations}, renews {@code leases}, and says that this node
   * lives.
   */
  Poll poll(Collection<UUID> organizations, Collection<Long> leases) {
    long before = clock.nanoTime();
    return storage.transact(
        Access.spend(),
        handle -> {
          boolean ours = touch(handle);
          if (ours && !leases.isEmpty()) {
            renew(handle, leases);
          }
          return new Poll(
              !ours, readings(handle, organizations, before), before + lifetime.toNanos());
        });
  }

  private boolean touch(Handle handle) {
    return handle
            .createUpdate(
                "UPDATE nodes SET seen_at = clock_timestamp() WHERE id = :node AND epoch = :epoch")
            .bind("node", node.id())
            .bind("epoch", node.epoch())
            .execute()
        == 1;
  }

  private void renew(Handle handle, Collection<Long> leases) {
    handle
        .createUpdate(
            """
            UPDATE leases l SET expires_at = clock_timestamp() + :lifetime::interval
            FROM (SELECT id FROM leases WHERE id = ANY (:leases) AND state = 'live'
                  ORDER BY id FOR NO KEY UPDATE) o
            WHERE l.id = o.id
            """)
        .bind("lifetime", interval())
        .bindArray("leases", Long.class, List.copyOf(leases))
        .execute();
  }

  private Map<UUID, Reading> readings(Handle handle, Collection<UUID> organizations, long before) {
    Map<UUID, Reading> found = new HashMap<>();
    handle
        .createQuery(
            """
            SELECT b.organization_id, r.* FROM budgets b,
              LATERAL spend_reading(b.id, :node, :epoch) r
            WHERE b.organization_id = ANY (:organizations) AND b.scope = 'organization'
            """)
        .bind("node", node.id())
        .bind("epoch", node.epoch())
        .bindArray("organizations", UUID.class, List.copyOf(organizations))
        .map((row, context) -> {
          Reading reading = reading(row, before);
          if (reading != null) {
            found.put(row.getObject("organization_id", UUID.class), reading);
          }
          return true;
        })
        .list();
    return found;
  }

  private @Nullable Reading reading(ResultSet row, long before) throws SQLException {
    UUID budget = row.getObject("budget_id", UUID.class);
    if (budget == null) {
      return null;
    }
    return new Reading(
        budget,
        row.getLong("window_id"),
        row.getString("name"),
        terms(row),
        row.getLong("granted_nanos"),
        row.getLong("settled_elsewhere"),
        before);
  }

  private BudgetTerms terms(ResultSet row) throws SQLException {
    long limit = row.getLong("limit_nanos");
    Money money = row.wasNull() ? null : new Money(limit);
    return new BudgetTerms(
        money,
        ladders.get(row.getString("ladder"), text -> Ladder.parse(text, "ladder")),
        Estimation.valueOf(row.getString("estimation").toUpperCase(Locale.ROOT)),
        row.getBoolean("cap_allowed"));
  }

  private String interval() {
    return lifetime.toMillis() + " milliseconds";
  }
}
