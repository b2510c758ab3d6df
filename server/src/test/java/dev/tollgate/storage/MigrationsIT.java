package dev.tollgate.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.bootstrap.EmbeddedPostgres;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** On a server of its own, since roles belong to a server and begin by not being there. */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MigrationsIT {

  private EmbeddedPostgres server;

  @BeforeAll
  void start(@TempDir Path home) {
    server = EmbeddedPostgres.start(home);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  @Order(1)
  void severalDatabasesOfAServerMakeTheRolesAtOnce() throws Exception {
    List<StorageConfig> databases = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      databases.add(database("parallel_" + i, "tollgate", server.owner().password()));
    }
    // Twice each: two nodes of one installation start at once, too.
    try (ExecutorService nodes = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> starts = new ArrayList<>();
      for (StorageConfig database : databases) {
        starts.add(nodes.submit(() -> Storage.migrate(database)));
        starts.add(nodes.submit(() -> Storage.migrate(database)));
      }
      for (Future<?> start : starts) {
        start.get();
      }
    }
    for (StorageConfig database : databases) {
      Storage.open(database).close();
    }
  }

  @Test
  @Order(2)
  void printsTheSqlThatAnOwnerWithoutRightsNeeds() throws Exception {
    StorageConfig config = login("humble", "NOCREATEROLE");
    assertThatThrownBy(() -> Storage.migrate(config))
        .isInstanceOfSatisfying(
            Failure.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN);
              asSuperuser(sqlOf(e));
            });
    Storage.migrate(config);
    Storage.open(config).close();
  }

  @Test
  @Order(3)
  void printsTheSqlThatASecondOwnerNeedsWhoMadeNoneOfTheRoles() throws Exception {
    StorageConfig config = login("second", "CREATEROLE");
    assertThatThrownBy(() -> Storage.migrate(config))
        .isInstanceOfSatisfying(Failure.class, e -> asSuperuser(sqlOf(e)));
    Storage.migrate(config);
    Storage.open(config).close();
  }

  @Test
  @Order(4)
  void refusesASchemaThatIsNewer() throws Exception {
    StorageConfig config = database("newer", "tollgate", server.owner().password());
    Storage.migrate(config);
    String version = Integer.toString(Migrations.NEWEST + 1);
    try (Connection connection = connect(config);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO tollgate.schema_history (installed_rank, version, description, type, script,"
              + " checksum, installed_by, execution_time, success) VALUES (99, '"
              + version
              + "', 'later', 'SQL', 'later.sql', 0, 'later', 0, true)");
    }
    assertConflict(() -> Storage.migrate(config), "newer than this Tollgate");
    assertConflict(() -> Storage.open(config), "newer than this Tollgate");
  }

  @Test
  @Order(5)
  void refusesADatabaseWithoutASchema() throws Exception {
    StorageConfig config = database("bare", "tollgate", server.owner().password());
    assertConflict(() -> Storage.open(config), "is not there");
  }

  @Test
  @Order(6)
  void refusesARoleThatMayBypassRowLevelSecurity() throws Exception {
    StorageConfig config = database("bypassing", "tollgate", server.owner().password());
    Storage.migrate(config);
    for (String attribute : List.of("BYPASSRLS", "SUPERUSER")) {
      asSuperuser("ALTER ROLE tollgate_app " + attribute);
      assertThatThrownBy(() -> Storage.open(config))
          .hasMessageContaining("tollgate_app")
          .hasMessageContaining("NOBYPASSRLS");
      asSuperuser("ALTER ROLE tollgate_app NO" + attribute);
    }
    Storage.open(config).close();
  }

  @Test
  @Order(7)
  void findsNothingToDoTheSecondTime() throws Exception {
    StorageConfig config = database("twice", "tollgate", server.owner().password());
    Storage.migrate(config);
    Storage.migrate(config);
    Storage.open(config).close();
  }

  @Test
  @Order(8)
  void doesNotWaitForADatabaseThatRefusesThePassword() {
    StorageConfig config =
        new StorageConfig(
            url("postgres"), "tollgate", new Secret("wrong"), 1, Duration.ofMinutes(1));
    assertThatThrownBy(() -> Storage.migrate(config)).hasMessageContaining("refuses us");
  }

  @Test
  @Order(9)
  void waitsNoLongerThanItMayForADatabaseThatIsNotUp() {
    StorageConfig config =
        new StorageConfig(
            "jdbc:postgresql://127.0.0.1:1/x", "x", new Secret("x"), 1, Duration.ofMillis(300));
    assertThatThrownBy(() -> Storage.open(config)).hasMessageContaining("is not up after");
  }

  private StorageConfig login(String name, String attribute) throws SQLException {
    asSuperuser("CREATE ROLE " + name + " LOGIN PASSWORD 'secret' " + attribute);
    return database(name, name, new Secret("secret"));
  }

  private StorageConfig database(String name, String owner, Secret password) throws SQLException {
    asSuperuser("CREATE DATABASE " + name + " OWNER " + owner);
    return new StorageConfig(url(name), owner, password, 2, Duration.ofSeconds(10));
  }

  private String url(String name) {
    return "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + name;
  }

  private static String sqlOf(Failure failure) {
    String message = String.valueOf(failure.getMessage());
    return message.substring(message.indexOf('\n'));
  }

  private void asSuperuser(String sql) {
    try (Connection connection = server.superuser().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private static Connection connect(StorageConfig config) throws SQLException {
    return new Connections(config).source(Duration.ofSeconds(5)).getConnection();
  }

  private static void assertConflict(Runnable start, String message) {
    assertThatThrownBy(start::run)
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT))
        .hasMessageContaining(message);
  }
}
