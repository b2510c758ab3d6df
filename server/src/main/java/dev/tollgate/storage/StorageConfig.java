package dev.tollgate.storage;

import dev.tollgate.kernel.Secret;
import java.time.Duration;

/**
 * Where PostgreSQL is.
 *
 * @param jdbcUrl {@code jdbc:postgresql://host:port/database}; the driver's own parameters in it
 *     win over ours
 * @param user the owner of the schema, a superuser or a plain owner with CREATEROLE
 * @param connections the bound of the pool
 * @param startTimeout how long a start waits for a database that is not up yet
 */
public record StorageConfig(
    String jdbcUrl, String user, Secret password, int connections, Duration startTimeout) {

  public StorageConfig {
    if (connections < 1) {
      throw new IllegalArgumentException("connections must be at least 1, is " + connections);
    }
  }

  /** Waits for 30 seconds. */
  public StorageConfig(String jdbcUrl, String user, Secret password, int connections) {
    this(jdbcUrl, user, password, connections, Duration.ofSeconds(30));
  }

  /** The URL without its parameters, for messages and logs. */
  String place() {
    int parameters = jdbcUrl.indexOf('?');
    return parameters < 0 ? jdbcUrl : jdbcUrl.substring(0, parameters);
  }
}
