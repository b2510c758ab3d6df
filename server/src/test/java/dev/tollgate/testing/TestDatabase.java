package dev.tollgate.testing;

import dev.tollgate.bootstrap.EmbeddedPostgres;
import dev.tollgate.bootstrap.PostgresAddress;
import dev.tollgate.kernel.Secret;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Databases of real PostgreSQL for tests: one server a JVM, and for each class a database of its
 * own that is a copy of a migrated one.
 *
 * <p>A schema looks different to its owner when that is a superuser: tests of access run as both.
 */
public final class TestDatabase {

  private static final String BY_SUPERUSER = "template_superuser";
  private static final String BY_PLAIN_OWNER = "template_plain";

  private static final AtomicInteger COUNT = new AtomicInteger();

  private TestDatabase() {}

  /** A migrated database whose owner is a superuser. */
  public static StorageConfig fresh() {
    return copy(server().superuser(), BY_SUPERUSER);
  }

  /** A migrated database whose owner is no superuser but may create roles. */
  public static StorageConfig freshPlainOwner() {
    return copy(server().owner(), BY_PLAIN_OWNER);
  }

  /** A database without a schema, whose owner is no superuser but may create roles. */
  public static StorageConfig empty() {
    return create("test_" + COUNT.incrementAndGet(), server().owner(), "");
  }

  /** A connection to {@code config}'s database, in auto-commit, as its owner. */
  public static Connection connect(StorageConfig config) throws SQLException {
    return java.sql.DriverManager.getConnection(
        config.jdbcUrl(), config.user(), config.password().reveal());
  }

  /** A connection to {@code config}'s database, in auto-commit, as superuser. */
  public static Connection connectAsSuperuser(StorageConfig config) throws SQLException {
    PostgresAddress superuser = server().superuser();
    return java.sql.DriverManager.getConnection(
        config.jdbcUrl(), superuser.user(), superuser.password().reveal());
  }

  /** Copies a database as it is now; whoever is connected to it loses the connection. */
  public static StorageConfig backup(StorageConfig database) {
    String copy = "test_" + COUNT.incrementAndGet();
    administer(database, "CREATE DATABASE %s TEMPLATE %s".formatted(copy, name(database)));
    return new StorageConfig(
        database.jdbcUrl().replace(name(database), copy),
        database.user(),
        database.password(),
        database.connections(),
        database.startTimeout());
  }

  /**
   * Puts a backup, which can be used once, into a database's place. What stood there is moved aside
   * rather than dropped: a drop waits for a checkpoint, which writes every database of the server.
   */
  public static void restore(StorageConfig database, StorageConfig backup) {
    administer(
        database,
        "ALTER DATABASE %s RENAME TO lost_%d".formatted(name(database), COUNT.incrementAndGet()),
        "ALTER DATABASE %s RENAME TO %s".formatted(name(backup), name(database)));
  }

  private static String name(StorageConfig database) {
    return database.jdbcUrl().substring(database.jdbcUrl().lastIndexOf('/') + 1);
  }

  /** Runs statements for which nobody may be connected to {@code database}. */
  private static void administer(StorageConfig database, String... statements) {
    try (Connection connection = server().superuser().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER DATABASE %s ALLOW_CONNECTIONS false".formatted(name(database)));
      statement.execute(
          "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '%s'"
              .formatted(name(database)));
      for (String each : statements) {
        statement.execute(each);
      }
      statement.execute("ALTER DATABASE %s ALLOW_CONNECTIONS true".formatted(name(database)));
    } catch (SQLException e) {
      throw new IllegalStateException("the database " + name(database), e);
    }
  }

  private static EmbeddedPostgres server() {
    return Server.STARTED;
  }

  private static StorageConfig copy(PostgresAddress owner, String template) {
    return create("test_" + COUNT.incrementAndGet(), owner, "TEMPLATE " + template);
  }

  private static StorageConfig create(String name, PostgresAddress owner, String template) {
    return create(server(), name, owner, template);
  }

  private static StorageConfig create(
      EmbeddedPostgres server, String name, PostgresAddress owner, String template) {
    try (Connection connection = server.superuser().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE %s OWNER %s %s".formatted(name, owner.user(), template));
    } catch (SQLException e) {
      throw new IllegalStateException("creating the database " + name, e);
    }
    return config(server, name, owner.user(), owner.password());
  }

  private static StorageConfig config(
      EmbeddedPostgres server, String name, String user, Secret password) {
    return new StorageConfig(
        "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + name,
        user,
        password,
        8,
        Duration.ofSeconds(20));
  }

  /** Started by the first test that needs it, stopped with the JVM. */
  private static final class Server {

    static final EmbeddedPostgres STARTED = start();

    private static EmbeddedPostgres start() {
      try {
        Path home = Files.createTempDirectory("tollgate-test-");
        EmbeddedPostgres server = EmbeddedPostgres.start(home);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, home)));
        // The plain owner first: who makes the roles may enter them, and a superuser may anyway.
        Storage.migrate(create(server, BY_PLAIN_OWNER, server.owner(), ""));
        Storage.migrate(create(server, BY_SUPERUSER, server.superuser(), ""));
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void stop(EmbeddedPostgres server, Path home) {
      server.close();
      try (Stream<Path> files = Files.walk(home)) {
        files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
