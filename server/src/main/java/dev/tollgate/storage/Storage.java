package dev.tollgate.storage;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL: transactions that run as a role and for an organization.
 *
 * <p>Thread-safe; every call blocks, but {@link #available}. A statement runs for at most 30
 * seconds. Nothing is kept in a session, so that a pool in transaction mode, such as PgBouncer's,
 * may stand between.
 */
public final class Storage implements AutoCloseable {

  /** The schema that holds all of our tables and functions. */
  public static final String SCHEMA = "tollgate";

  static final int STATEMENT_SECONDS = 30;
  static final int ACQUIRE_MILLIS = 2_000;

  /** Session settings that end with the transaction; one round trip, together with BEGIN. */
  private static final String ENTER =
      "SELECT set_config('role', ?, true), set_config('tollgate.organization', ?, true),"
          + " set_config('search_path', 'tollgate, pg_temp', true),"
          + " set_config('statement_timeout', '30s', true),"
          // A node that is paused in a transaction must not hold its locks.
          + " set_config('idle_in_transaction_session_timeout', '30s', true)";

  private final HikariDataSource pool;
  private final Jdbi jdbi;
  private final Availability availability;

  private Storage(StorageConfig config) {
    Connections connections = new Connections(config);
    this.pool = connections.pool();
    this.jdbi = Jdbi.create((DataSource) pool);
    this.availability =
        new Availability(connections.source(Duration.ofSeconds(2)), this::dropConnections);
  }

  /**
   * Makes the roles and the schema, or brings the schema up to date; several nodes may do so at
   * once. Waits for the database as long as the configuration says.
   *
   * @throws Failure when the database is away, older than PostgreSQL 15, has a schema newer than
   *     this program, or does not let us make the roles: the message then is the SQL to run
   */
  public static void migrate(StorageConfig config) {
    Migrations.run(config);
  }

  /**
   * Connects to a database whose schema is up to date.
   *
   * @throws Failure when the database is away, or a role could bypass row-level security
   */
  public static Storage open(StorageConfig config) {
    Migrations.check(config);
    Storage storage = new Storage(config);
    try {
      Roles.verify(storage);
    } catch (RuntimeException e) {
      storage.close();
      throw e;
    }
    return storage;
  }

  /** Whether the database is there; at most two seconds old, and free to ask. */
  public boolean available() {
    return availability.now();
  }

  /**
   * Runs {@code work} in one transaction as {@code access}, committed when it returns and rolled
   * back when it throws.
   *
   * @throws Failure UNAVAILABLE when the database is away, at once where that is known; whether a
   *     commit that was under way took effect is then unknown
   */
  public <T extends @Nullable Object> T transact(Access access, Function<Handle, T> work) {
    if (!availability.now()) {
      throw Failure.of(ErrorCode.UNAVAILABLE, "the database is away; try again");
    }
    try {
      return jdbi.inTransaction(handle -> {
        enter(handle, access);
        return work.apply(handle);
      });
    } catch (Failure e) {
      throw e;
    } catch (RuntimeException e) {
      throw translate(e);
    }
  }

  /**
   * Lends a connection in auto-commit: for a statement that is a transaction of its own and enters
   * its role itself, where the round trips of {@link #transact} cost too much.
   *
   * @throws Failure as {@link #transact} does
   * @throws IllegalStateException caused by the {@link SQLException} that is no matter of the
   *     moment
   */
  public <T extends @Nullable Object> T autocommit(Statements<T> work) {
    if (!availability.now()) {
      throw Failure.of(ErrorCode.UNAVAILABLE, "the database is away; try again");
    }
    try (Connection connection = pool.getConnection()) {
      return work.run(connection);
    } catch (SQLTransientConnectionException e) {
      throw away(e);
    } catch (SQLException e) {
      throw SqlStates.passes(e)
          ? away(e)
          : new IllegalStateException("a statement failed: " + e.getMessage(), e);
    }
  }

  /** What to do with a connection in auto-commit. */
  @FunctionalInterface
  public interface Statements<T extends @Nullable Object> {
    T run(Connection connection) throws SQLException;
  }

  /**
   * Changes the role of a transaction that is under way, so that two rooms can write in one commit.
   */
  public static void enter(Handle handle, Access access) {
    try (PreparedStatement statement = handle.getConnection().prepareStatement(ENTER)) {
      statement.setString(1, access.role().sqlName());
      statement.setString(2, access.organization() == null ? "" : access.organization().toString());
      statement.execute();
    } catch (SQLException e) {
      throw new IllegalStateException("entering " + access.role().sqlName(), e);
    }
  }

  private RuntimeException translate(RuntimeException thrown) {
    // Whatever keeps us from a connection passes: a full pool has no SQLSTATE of its own.
    if (!(thrown instanceof ConnectionException)) {
      SQLException cause = SqlStates.find(thrown);
      if (cause == null || !SqlStates.passes(cause)) {
        return thrown;
      }
    }
    return away(thrown);
  }

  private Failure away(Exception cause) {
    availability.suspect();
    return Failure.of(
        ErrorCode.UNAVAILABLE, "the database did not answer in time; try again", cause);
  }

  private void dropConnections() {
    HikariPoolMXBean bean = pool.getHikariPoolMXBean();
    if (bean != null) {
      bean.softEvictConnections();
    }
  }

  @Override
  public void close() {
    availability.close();
    pool.close();
  }
}
