package dev.tollgate.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.flywaydb.core.Flyway;

/** A database as an earlier version of the program left it, made by its plain owner. */
final class OlderSchema {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private OlderSchema() {}

  /**
   * Migrates an empty database.
   *
   * @param version the last migration that the earlier program brought
   */
  static void migrate(StorageConfig database, String version) throws SQLException {
    Connections connections = new Connections(database);
    try (Connection owner = connections.await(PATIENCE)) {
      Roles.ensure(owner, owner.getMetaData().getDatabaseMajorVersion() * 10_000);
      Flyway.configure()
          .dataSource(connections.source(PATIENCE))
          .locations("classpath:db/migration")
          .schemas(Storage.SCHEMA)
          .table("schema_history")
          .target(version)
          .load()
          .migrate();
    }
  }
}
