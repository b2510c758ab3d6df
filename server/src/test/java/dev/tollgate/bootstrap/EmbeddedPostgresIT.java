package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import dev.tollgate.testing.ChildJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EmbeddedPostgresIT {

  @TempDir Path home;

  static Stream<RunAs> waysThatWorkHere() {
    return RunAs.choices();
  }

  @ParameterizedTest
  @MethodSource("waysThatWorkHere")
  void keepsDataBetweenStartsHoweverItRuns(RunAs runAs) throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home, runAs)) {
      update(postgres, "CREATE TABLE kept (n int)");
      update(postgres, "INSERT INTO kept VALUES (7)");
    }
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home, runAs)) {
      assertThat(query(postgres.owner(), "SELECT n FROM kept")).isEqualTo("7");
    } finally {
      ProgramCache.delete(runAs.place(home));
    }
  }

  @Test
  void isDurableAndSaysSoItself() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
        assertThat(query(postgres.owner(), "SHOW " + setting)).isEqualTo("on");
      }
      assertThat(query(postgres.owner(), "SHOW data_checksums")).isEqualTo("on");
      assertThat(query(postgres.owner(), "SHOW server_encoding")).isEqualTo("UTF8");
    }
  }

  @Test
  void refusesToRunWhenSomebodyMadeItForgetful() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      update(postgres, "ALTER ROLE CURRENT_USER SET synchronous_commit = off");
      try (Connection connection = postgres.superuser().connect();
          Statement statement = connection.createStatement()) {
        statement.execute("ALTER ROLE postgres SET synchronous_commit = off");
      }
    }
    assertThatThrownBy(() -> EmbeddedPostgres.start(home))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("synchronous_commit");
  }

  @Test
  void takesNobodyWithoutThePassword() {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      PostgresAddress guess =
          new PostgresAddress(postgres.port(), "postgres", "postgres", new Secret("postgres"));
      assertThatThrownBy(guess::connect)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password authentication failed");
    }
  }

  @Test
  void theOwnerIsNoSuperuserButMayMakeRoles() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      String rights =
          "SELECT rolsuper || ' ' || rolcreaterole || ' ' || rolbypassrls FROM pg_roles"
              + " WHERE rolname = current_user";
      assertThat(query(postgres.owner(), rights)).isEqualTo("false true false");
    }
  }

  @Test
  void listensOnTheLoopbackAddressAlone() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      assertThat(query(postgres.superuser(), "SHOW listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(query(postgres.superuser(), "SHOW unix_socket_directories")).isEmpty();
      for (InetAddress address : otherAddresses()) {
        try (Socket socket = new Socket()) {
          assertThatThrownBy(
                  () -> socket.connect(new InetSocketAddress(address, postgres.port()), 1_000))
              .isInstanceOf(IOException.class);
        }
      }
    }
  }

  private static List<InetAddress> otherAddresses() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> !address.isLoopbackAddress())
        .toList();
  }

  @Test
  void keepsItsSecretsFromOthers() throws Exception {
    try (EmbeddedPostgres _ = EmbeddedPostgres.start(home)) {
      for (String name : List.of("owner.password", "superuser.password")) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve(name))))
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void aSecondProcessIsToldWhoHoldsTheDirectory() {
    try (EmbeddedPostgres _ = EmbeddedPostgres.start(home)) {
      assertThatThrownBy(() -> EmbeddedPostgres.start(home))
          .isInstanceOfSatisfying(
              Failure.class, failure -> assertThat(failure.code()).isEqualTo(ErrorCode.CONFLICT))
          .hasMessageContaining("in use by the process " + ProcessHandle.current().pid());
    }
  }

  @Test
  void comesBackOnItsPortWhenItIsKilled() {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      postgres.kill();
      await()
          .atMost(Duration.ofMinutes(2))
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(query(postgres.owner(), "SELECT 1")).isEqualTo("1"));
    }
  }

  @Test
  void replacesTheServerThatAKilledProcessLeft() throws Exception {
    String port;
    try (ChildJvm child = ChildJvm.start(Orphaning.class, home.toString())) {
      port = child.awaitLine("port ");
    }
    PostgresAddress orphan =
        new PostgresAddress(
            Integer.parseInt(port),
            "postgres",
            "postgres",
            PrivateFiles.secret(home.resolve("superuser.password")));
    String started = query(orphan, "SELECT pg_postmaster_start_time()");
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      assertThat(query(postgres.superuser(), "SELECT pg_postmaster_start_time()"))
          .isNotEqualTo(started);
      assertThat(query(postgres.owner(), "SELECT n FROM acknowledged")).isEqualTo("1");
    }
  }

  /** Starts a server, writes to it, and is killed. */
  static final class Orphaning {

    private Orphaning() {}

    public static void main(String[] arguments) throws Exception {
      EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(arguments[0]));
      update(postgres, "CREATE TABLE acknowledged (n int)");
      update(postgres, "INSERT INTO acknowledged VALUES (1)");
      System.out.println("port " + postgres.port());
      new CountDownLatch(1).await();
    }
  }

  @Test
  void startsThoughAnotherProcessBearsTheNumberOfTheDead() throws Exception {
    Path data;
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      data = postgres.data();
    }
    Files.writeString(
        data.resolve("postmaster.pid"),
        "%d%n%s%n1700000000%n5432%n%n127.0.0.1%n 1 1%nready%n"
            .formatted(ProcessHandle.current().pid(), data));
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      assertThat(query(postgres.owner(), "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void aStartThatWasCutShortIsBegunAnew() throws Exception {
    Files.createDirectories(home.resolve("data.new").resolve("base"));
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      assertThat(query(postgres.owner(), "SELECT 1")).isEqualTo("1");
    }
  }

  private static void update(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = postgres.owner().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(PostgresAddress address, String sql) throws SQLException {
    try (Connection connection = address.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }
}
