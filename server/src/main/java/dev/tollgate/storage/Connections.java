package dev.tollgate.storage;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ways to reach PostgreSQL, each with its bounds. */
final class Connections {

  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  private static final int CONNECT_SECONDS = 2;
  private static final Duration RETRY = Duration.ofMillis(100);

  private final StorageConfig config;

  Connections(StorageConfig config) {
    this.config = config;
  }

  /** The pool of ordinary work: nothing is connected until it is asked for. */
  HikariDataSource pool() {
    HikariConfig hikari = new HikariConfig();
    hikari.setPoolName("tollgate");
    hikari.setDataSource(source(Duration.ofSeconds(Storage.STATEMENT_SECONDS + 10L)));
    hikari.setMaximumPoolSize(config.connections());
    hikari.setMinimumIdle(Math.min(2, config.connections()));
    hikari.setConnectionTimeout(Storage.ACQUIRE_MILLIS);
    hikari.setValidationTimeout(1_000);
    hikari.setInitializationFailTimeout(-1);
    return new HikariDataSource(hikari);
  }

  /** Connections outside the pool, that wait for an answer no longer than {@code patience}. */
  PGSimpleDataSource source(Duration patience) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    // Behind PgBouncer a statement that was prepared may be looked for in another session.
    source.setPrepareThreshold(0);
    source.setConnectTimeout(CONNECT_SECONDS);
    source.setSocketTimeout(Math.toIntExact(patience.toSeconds()));
    source.setTcpKeepAlive(true);
    source.setApplicationName("tollgate");
    // Details quote rows, and rows belong to tenants.
    source.setLogServerErrorDetail(false);
    source.setUrl(config.jdbcUrl());
    source.setUser(config.user());
    source.setPassword(config.password().reveal());
    return source;
  }

  /**
   * Connects once the database is up.
   *
   * @throws Failure UNAVAILABLE when it is not within the start timeout or refuses our login
   */
  Connection await(Duration patience) {
    PGSimpleDataSource source = source(patience);
    long deadline = System.nanoTime() + config.startTimeout().toNanos();
    boolean told = false;
    while (true) {
      try {
        return source.getConnection();
      } catch (SQLException e) {
        if (SqlStates.refusesLogin(e)) {
          throw away("refuses us: " + e.getMessage(), e);
        }
        if (System.nanoTime() - deadline >= 0) {
          throw away("is not up after " + config.startTimeout().toSeconds() + " s", e);
        }
        if (!told) {
          LOG.info("waiting for PostgreSQL at {}: {}", config.place(), e.getMessage());
          told = true;
        }
        pause();
      }
    }
  }

  private Failure away(String what, SQLException cause) {
    return Failure.of(
        ErrorCode.UNAVAILABLE,
        "PostgreSQL at " + config.place() + " " + what + "; check the database URL and its server",
        cause);
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(ErrorCode.UNAVAILABLE, "interrupted while waiting for PostgreSQL", e);
    }
  }
}
