package dev.tollgate.testing;

import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.EmbeddedPostgres;
import dev.tollgate.bootstrap.PostgresAddress;
import dev.tollgate.storage.StorageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/** A PostgreSQL and its standby, which follows it by asynchronous streaming replication. */
public final class PostgresPair implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final EmbeddedPostgres primary;
  private final EmbeddedPostgres standby;

  private PostgresPair(EmbeddedPostgres primary, EmbeddedPostgres standby) {
    this.primary = primary;
    this.standby = standby;
  }

  /** Makes both under {@code home}: the standby from a copy of the primary while that is down. */
  public static PostgresPair start(Path home) throws IOException, InterruptedException {
    Path first = home.resolve("primary");
    Path second = home.resolve("standby");
    Path original = made(first);
    Path copy = made(second);
    copy(first.resolve("superuser.password"), second.resolve("superuser.password"));
    copy(first.resolve("owner.password"), second.resolve("owner.password"));
    run("rm", "-r", copy.toString());
    copy(original, copy);
    EmbeddedPostgres primary = EmbeddedPostgres.start(first);
    try {
      follow(copy, primary.superuser());
      return new PostgresPair(primary, EmbeddedPostgres.start(second));
    } catch (IOException | RuntimeException e) {
      primary.close();
      throw e;
    }
  }

  private static Path made(Path home) {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home)) {
      return server.data();
    }
  }

  /** With owners and modes. */
  private static void copy(Path from, Path to) throws IOException, InterruptedException {
    run("cp", "-a", from.toString(), to.toString());
  }

  private static void run(String... words) throws IOException, InterruptedException {
    int status = new ProcessBuilder(words).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IOException(List.of(words) + " ended with " + status);
    }
  }

  private static void follow(Path data, PostgresAddress primary) throws IOException {
    Files.createFile(data.resolve("standby.signal"));
    Files.writeString(
        data.resolve("postgresql.auto.conf"),
        "primary_conninfo = 'host=127.0.0.1 port=%d user=%s password=%s'%n"
            .formatted(primary.port(), primary.user(), primary.password().reveal()),
        StandardOpenOption.APPEND);
  }

  /** Both, by a URL that asks for the one that takes writes. */
  public StorageConfig config() {
    PostgresAddress owner = primary.owner();
    return new StorageConfig(
        "jdbc:postgresql://127.0.0.1:%d,127.0.0.1:%d/%s?targetServerType=primary"
            .formatted(primary.port(), standby.port(), owner.database()),
        owner.user(),
        owner.password(),
        8);
  }

  /** Returns when the standby has all that is committed now. */
  public void awaitFollowed() throws SQLException {
    String position = ask(primary, "SELECT pg_current_wal_lsn()");
    await()
        .atMost(PATIENCE)
        .until(() ->
            ask(standby, "SELECT pg_last_wal_replay_lsn() >= '" + position + "'").equals("t"));
  }

  /** From now on the standby hears nothing of the primary. */
  public void part() throws SQLException {
    execute(standby, "ALTER SYSTEM SET primary_conninfo = ''");
    execute(standby, "SELECT pg_reload_conf()");
    await()
        .atMost(PATIENCE)
        .until(() -> ask(primary, "SELECT count(*) FROM pg_stat_replication").equals("0"));
  }

  public void stopPrimary() {
    primary.close();
  }

  /** Makes the standby the primary; returns when it takes writes. */
  public void promote() throws SQLException {
    execute(standby, "SELECT pg_promote(true, 60)");
    await().atMost(PATIENCE).until(() -> ask(standby, "SELECT pg_is_in_recovery()").equals("f"));
  }

  private static String ask(EmbeddedPostgres server, String query) throws SQLException {
    try (Connection connection = server.superuser().connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  private static void execute(EmbeddedPostgres server, String sql) throws SQLException {
    try (Connection connection = server.superuser().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() {
    standby.close();
    primary.close();
  }
}
