package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server that a killed process left running on our data directory.
 *
 * <p>It is stopped only when it answers to our password and serves our directory: the number in its
 * file alone proves nothing.
 */
final class PostgresOrphan {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresOrphan.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** The server starts, recovers or stops, and will soon answer or be gone. */
  private static final String CANNOT_CONNECT_NOW = "57P03";

  private PostgresOrphan() {}

  /** Stops the server that was left on {@code cluster}, if there is one. */
  static void stop(PostgresCluster cluster, Secret superuserPassword) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    PostmasterFile left = cluster.postmaster();
    while (left != null && left.runs()) {
      try {
        if (serves(cluster.data(), left.port(), superuserPassword)) {
          LOG.warn("stopping the PostgreSQL that a killed Tollgate left on {}", cluster.data());
          cluster.stop();
        }
        return;
      } catch (SQLException e) {
        if (!CANNOT_CONNECT_NOW.equals(e.getSQLState())) {
          return;
        }
        if (System.nanoTime() > deadline) {
          throw Failure.of(
              ErrorCode.UNAVAILABLE,
              "the PostgreSQL that was left on %s neither starts nor stops: %s"
                  .formatted(cluster.data(), e.getMessage()),
              e);
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
      left = cluster.postmaster();
    }
  }

  private static boolean serves(Path data, int port, Secret password) throws SQLException {
    PostgresAddress address =
        new PostgresAddress(port, PostgresCluster.SUPERUSER, PostgresCluster.SUPERUSER, password);
    try (Connection connection = address.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW data_directory")) {
      row.next();
      return Files.isSameFile(Path.of(row.getString(1)), data);
    } catch (java.io.IOException _) {
      return false;
    }
  }
}
