package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL server, a child of this process, for a single node and for trying out.
 *
 * <p>Listens on the loopback address alone, at a port that was free; takes no connection without a
 * password (SCRAM), over no Unix socket; and is durable: {@code fsync}, {@code full_page_writes}
 * and {@code synchronous_commit} are asserted after each start. Data is kept between starts. A
 * server that dies is started again on its port; one that a killed process left behind is stopped
 * first. Starting and closing block.
 */
public final class EmbeddedPostgres implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
  private static final int PORT_ATTEMPTS = 3;

  /** The role that owns the database, and the database's name. */
  private static final String OWNER = "tollgate";

  private final PostgresCluster cluster;
  private final DirectoryLock lock;
  private final PostgresAddress owner;
  private final PostgresAddress superuser;
  private final Watchdog watchdog;

  private EmbeddedPostgres(
      PostgresCluster cluster,
      DirectoryLock lock,
      PostgresAddress owner,
      PostgresAddress superuser) {
    this.cluster = cluster;
    this.lock = lock;
    this.owner = owner;
    this.superuser = superuser;
    this.watchdog = Watchdog.over("embedded PostgreSQL", cluster::runs, this::startAgain);
  }

  /**
   * Starts the server on the data under {@code home}; both are made where they are not there yet.
   *
   * @throws Failure with {@link ErrorCode#CONFLICT} when another process uses {@code home}, with
   *     {@link ErrorCode#UNAVAILABLE} when the server does not start
   */
  public static EmbeddedPostgres start(Path home) {
    return start(home, RunAs.choose());
  }

  static EmbeddedPostgres start(Path home, RunAs runAs) {
    Path absolute = PrivateFiles.directory(home.toAbsolutePath().normalize());
    DirectoryLock lock = DirectoryLock.take(absolute);
    try {
      return start(absolute, new PostgresCluster(absolute, runAs), lock);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static EmbeddedPostgres start(Path home, PostgresCluster cluster, DirectoryLock lock) {
    Secret superuserPassword = PrivateFiles.secret(home.resolve("superuser.password"));
    Secret ownerPassword = PrivateFiles.secret(home.resolve("owner.password"));
    cluster.create(superuserPassword);
    PostgresOrphan.stop(cluster, superuserPassword);
    int port = startOnFreePort(cluster);
    PostgresAddress superuser =
        new PostgresAddress(
            port, PostgresCluster.SUPERUSER, PostgresCluster.SUPERUSER, superuserPassword);
    PostgresAddress owner = new PostgresAddress(port, OWNER, OWNER, ownerPassword);
    try {
      provide(superuser, owner);
    } catch (RuntimeException e) {
      cluster.stop();
      throw e;
    }
    LOG.info("embedded PostgreSQL runs on port {}, its data is in {}", port, cluster.data());
    return new EmbeddedPostgres(cluster, lock, owner, superuser);
  }

  /** The database under {@code home} of another process that has started it; null: none has. */
  static @Nullable PostgresAddress running(Path home) {
    PostgresCluster cluster = new PostgresCluster(home, RunAs.choose());
    PostmasterFile file = cluster.postmaster();
    return DirectoryLock.isTaken(home) && file != null && file.runs()
        ? new PostgresAddress(
            file.port(), OWNER, OWNER, PrivateFiles.secret(home.resolve("owner.password")))
        : null;
  }

  /** A port that is free can be taken by another before the server listens: then the next. */
  private static int startOnFreePort(PostgresCluster cluster) {
    for (int attempt = 1; ; attempt++) {
      int port = FreePort.next();
      try {
        cluster.start(port);
        return port;
      } catch (Failure e) {
        if (attempt == PORT_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private void startAgain() {
    cluster.start(superuser.port());
    provide(superuser, owner);
  }

  /** Asserts that the server is durable, and makes the role and the database where not there. */
  private static void provide(PostgresAddress superuser, PostgresAddress owner) {
    try (Connection connection = superuser.connect();
        Statement statement = connection.createStatement()) {
      assertDurable(statement);
      if (!exists(statement, "SELECT FROM pg_roles WHERE rolname = '" + OWNER + "'")) {
        statement.execute(
            "CREATE ROLE %s LOGIN CREATEROLE PASSWORD '%s'"
                .formatted(OWNER, owner.password().reveal()));
      }
      if (!exists(statement, "SELECT FROM pg_database WHERE datname = '" + OWNER + "'")) {
        statement.execute("CREATE DATABASE %s OWNER %s".formatted(OWNER, OWNER));
      }
    } catch (SQLException e) {
      throw Failure.of(
          ErrorCode.UNAVAILABLE, "the embedded PostgreSQL does not answer: " + e.getMessage(), e);
    }
  }

  private static void assertDurable(Statement statement) throws SQLException {
    for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
      try (ResultSet row = statement.executeQuery("SHOW " + setting)) {
        row.next();
        if (!row.getString(1).equals("on")) {
          throw Failure.of(
              ErrorCode.UNAVAILABLE,
              "the embedded PostgreSQL has %s %s, which would lose what was settled"
                  .formatted(setting, row.getString(1)));
        }
      }
    }
  }

  private static boolean exists(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      return rows.next();
    }
  }

  /** The database of Tollgate, entered as its owner: no superuser, but may create roles. */
  public PostgresAddress owner() {
    return owner;
  }

  /** The database {@code postgres}, entered as superuser. */
  public PostgresAddress superuser() {
    return superuser;
  }

  public int port() {
    return superuser.port();
  }

  /** Where the data lies; not under home where PostgreSQL runs as another user. */
  public Path data() {
    return cluster.data();
  }

  /** Kills the server without warning, as the machine would that runs out of memory. */
  public void kill() {
    PostmasterFile file = cluster.postmaster();
    if (file != null && file.runs()) {
      ProcessHandle.of(file.pid()).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Override
  public void close() {
    watchdog.close();
    try {
      if (cluster.runs()) {
        cluster.stop();
      }
    } finally {
      lock.close();
    }
  }
}
