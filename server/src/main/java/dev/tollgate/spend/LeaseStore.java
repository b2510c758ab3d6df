package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Failure;
import dev.tollgate.storage.Storage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leases in PostgreSQL, as one node asks for them. Blocks. */
final class LeaseStore {

  private static final Logger LOG = LoggerFactory.getLogger(LeaseStore.class);

  private final Storage storage;
  private final Clock clock;
  private final Node node;
  private final Duration lifetime;
  private final Readings readings;

  LeaseStore(Storage storage, Clock clock, Node node, Duration lifetime, Readings readings) {
    this.storage = storage;
    this.clock = clock;
    this.node = node;
    this.lifetime = lifetime;
    this.readings = readings;
  }

  /** Asks; never throws: what went wrong is {@link Reply.Lost}. */
  Reply ask(UUID budget, Effect.Request request) {
    long before = clock.nanoTime();
    try {
      return storage.autocommit(connection ->
          switch (request) {
            case Effect.Open _ -> open(connection, budget, before);
            case Effect.Ask ask -> grant(connection, budget, ask, before);
            case Effect.Return back -> giveBack(connection, budget, back);
            case Effect.Recall _ -> recall(connection, budget);
          });
    } catch (Failure e) {
      LOG.debug("asking for {}", budget, e);
    } catch (RuntimeException e) {
      LOG.error("the budget {} cannot be leased", budget, e);
    }
    return new Reply.Lost();
  }

  private Reply open(Connection connection, UUID budget, long before) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT outcome, lease, lease_granted, lease_spent, lease_request, (reading).*"
                + " FROM tollgate.spend_open(?, ?, ?, ?::interval)")) {
      us(statement);
      statement.setObject(3, budget);
      statement.setString(4, interval());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        Reply obstacle = obstacle(row);
        Reading reading = readings.read(row, before);
        if (obstacle != null) {
          return obstacle;
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

  private Reply grant(Connection connection, UUID budget, Effect.Ask ask, long before)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT outcome, given, (reading).*"
                + " FROM tollgate.spend_ask(?, ?, ?, ?, ?, ?, ?, ?, ?::interval)")) {
      us(statement);
      statement.setObject(3, budget);
      statement.setLong(4, ask.lease().id());
      statement.setLong(5, ask.request());
      statement.setLong(6, ask.ask());
      statement.setLong(7, ask.demand());
      statement.setLong(8, ask.want());
      statement.setString(9, interval());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        Reply obstacle = obstacle(row);
        return obstacle != null
            ? obstacle
            : new Reply.Given(
                row.getLong("given"), readings.read(row, before), before + lifetime.toNanos());
      }
    }
  }

  private Reply giveBack(Connection connection, UUID budget, Effect.Return back)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT outcome, closed FROM tollgate.spend_return(?, ?, ?, ?, ?, ?, ?)")) {
      us(statement);
      statement.setObject(3, budget);
      statement.setLong(4, back.lease().id());
      statement.setLong(5, back.request());
      statement.setLong(6, back.amount());
      statement.setBoolean(7, back.close());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        Reply obstacle = obstacle(row);
        return obstacle != null ? obstacle : new Reply.Returned(row.getBoolean("closed"));
      }
    }
  }

  private Reply recall(Connection connection, UUID budget) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT tollgate.spend_recall(?, ?, ?)")) {
      us(statement);
      statement.setObject(3, budget);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new Reply.Recalled(row.getLong(1));
      }
    }
  }

  private void us(PreparedStatement statement) throws SQLException {
    statement.setObject(1, node.id());
    statement.setLong(2, node.epoch());
  }

  /** What kept the request from being done; null: nothing. */
  private static @Nullable Reply obstacle(ResultSet row) throws SQLException {
    String outcome = row.getString("outcome");
    return switch (outcome) {
      case "ok" -> null;
      case "gone" -> new Reply.Gone();
      case "behind", "superseded" -> new Reply.Behind();
      default -> throw new IllegalStateException("not an outcome: " + outcome);
    };
  }

  private String interval() {
    return lifetime.toMillis() + " milliseconds";
  }
}
