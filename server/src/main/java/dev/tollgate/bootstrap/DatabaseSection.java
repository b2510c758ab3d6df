package dev.tollgate.bootstrap;

import dev.tollgate.storage.StorageConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** PostgreSQL. */
@Section
record DatabaseSection(
    @Key(
            about =
                """
                Your own PostgreSQL 15 or newer; also as TOLLGATE_DATABASE_URL, else
                DATABASE_URL. Without: one is started, its data is kept under --data.\
                """,
            example = "postgresql://tollgate:${DATABASE_PASSWORD}@db:5432/tollgate?sslmode=require")
        @Nullable DatabaseUrl url,
    @Key(about = "Connections of this node.", preset = "10") int connections,
    @Key(about = "How long a start waits for it.", preset = "60s") Duration startTimeout) {

  DatabaseSection {
    Checks.between("connections", connections, 2, 1_000);
    Checks.positive("start-timeout", startTimeout);
  }

  StorageConfig storage(DatabaseUrl at) {
    return new StorageConfig(at.jdbcUrl(), at.user(), at.password(), connections, startTimeout);
  }

  StorageConfig storage(PostgresAddress at) {
    return new StorageConfig(at.jdbcUrl(), at.user(), at.password(), connections, startTimeout);
  }
}
