package dev.tollgate.storage;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** The schema: made and brought up to date under a lock, and never touched when it is newer. */
final class Migrations {

  /** The newest migration that this program brings. */
  static final int NEWEST = 18;

  private static final int OLDEST_SERVER = 150_000;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private Migrations() {}

  /** Makes the roles, and runs what is not installed yet. */
  static void run(StorageConfig config) {
    Connections connections = new Connections(config);
    try (Connection connection = connections.await(PATIENCE)) {
      Roles.ensure(connection, server(connection));
      // Flyway takes most of a second to find that there is nothing to do.
      if (installed(connection) < NEWEST) {
        flyway(connections).migrate();
      }
    } catch (SQLException | FlywayException e) {
      throw failed(config, e);
    }
  }

  /** Refuses a database that has not this program's schema. */
  static void check(StorageConfig config) {
    try (Connection connection = new Connections(config).await(Duration.ofSeconds(10))) {
      server(connection);
      int installed = installed(connection);
      if (installed < NEWEST) {
        throw Failure.of(
            ErrorCode.CONFLICT,
            "the schema at "
                + config.place()
                + (installed == 0 ? " is not there" : " is of version " + installed)
                + ", this Tollgate needs version "
                + NEWEST
                + "; start it once with `tollgate serve`");
      }
    } catch (SQLException e) {
      throw failed(config, e);
    }
  }

  private static int server(Connection connection) throws SQLException {
    int version = number(connection, "SHOW server_version_num");
    if (version < OLDEST_SERVER) {
      throw Failure.of(
          ErrorCode.CONFLICT,
          "PostgreSQL 15 or newer is needed, this is " + version / 10_000 + "; upgrade it");
    }
    return version;
  }

  /** The version of the schema that is there, 0 for none; never newer than this program. */
  private static int installed(Connection connection) throws SQLException {
    String history = Storage.SCHEMA + ".schema_history";
    if (number(connection, "SELECT (to_regclass('" + history + "') IS NOT NULL)::int") == 0) {
      return 0;
    }
    int installed =
        number(
            connection, "SELECT coalesce(max(version::int), 0) FROM " + history + " WHERE success");
    if (installed > NEWEST) {
      throw Failure.of(
          ErrorCode.CONFLICT,
          "the schema is of version "
              + installed
              + ", newer than this Tollgate's "
              + NEWEST
              + "; start the version that made it, or a newer one");
    }
    return installed;
  }

  private static int number(Connection connection, String question) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(question)) {
      row.next();
      return row.getInt(1);
    }
  }

  private static Flyway flyway(Connections connections) {
    return Flyway.configure()
        .dataSource(connections.source(PATIENCE))
        .locations("classpath:db/migration")
        .failOnMissingLocations(true)
        .validateMigrationNaming(true)
        .schemas(Storage.SCHEMA)
        .table("schema_history")
        .load();
  }

  private static Failure failed(StorageConfig config, Exception cause) {
    return Failure.of(
        ErrorCode.UNAVAILABLE,
        "preparing the schema at " + config.place() + " failed: " + cause.getMessage(),
        cause);
  }
}
