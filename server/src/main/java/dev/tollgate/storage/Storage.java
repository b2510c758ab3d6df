package dev.tollgate.storage;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * PostgreSQL: transactions that run as a role and for an organization.
 *
 * <p>Thread-safe; every call blocks.
 */
public final class Storage implements AutoCloseable {

  private final HikariDataSource pool;
  private final Jdbi jdbi;

  private Storage(HikariDataSource pool) {
    this.pool = pool;
    this.jdbi = Jdbi.create((DataSource) pool);
  }

  /** Connects to {@code config.url()}; the schema must be there. */
  public static Storage open(StorageConfig config) {
    HikariConfig hikari = new HikariConfig();
    hikari.setJdbcUrl(config.jdbcUrl());
    hikari.setUsername(config.user());
    hikari.setPassword(config.password().reveal());
    hikari.setMaximumPoolSize(config.connections());
    hikari.setAutoCommit(false);
    return new Storage(new HikariDataSource(hikari));
  }

  /** Runs {@code work} in one transaction as {@code access}, committed when it returns. */
  public <T> T transact(Access access, Function<Handle, T> work) {
    return jdbi.inTransaction(handle -> {
      enter(handle, access);
      return work.apply(handle);
    });
  }

  /**
   * Changes the role of a transaction that is under way, so that two rooms can write in one commit.
   */
  public static void enter(Handle handle, Access access) {
    handle
        .createQuery(
            "SELECT set_config('role', :role, true),"
                + " set_config('tollgate.organization', :organization, true)")
        .bind("role", access.role().sqlName())
        .bind("organization", access.organization() == null ? "" : access.organization().toString())
        .mapToMap()
        .one();
  }

  @Override
  public void close() {
    pool.close();
  }
}
