package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.NodeProcess.Said;
import dev.tollgate.http.engine.FrontDoorConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts that cannot be, and ends that are announced. */
class StartsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path directory;

  @Test
  void aPortThatIsTakenEndsTheStartAtOnceAndLeavesNothingBehind() throws Exception {
    Path data = directory.resolve("data");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Path config = directory.resolve("tollgate.yaml");
      Files.writeString(
          config, "listen: { host: 127.0.0.1, port: " + taken.getLocalPort() + " }\n");
      Path output = directory.resolve("output");
      ProcessBuilder command =
          NodeProcess.tollgate("serve", "--config", config.toString(), "--data", data.toString());
      command.environment().remove("TOLLGATE_LISTEN_PORT");

      Said said = NodeProcess.run(output, command);

      assertThat(said.status()).isEqualTo(1);
      assertThat(said.text())
          .contains(
              "tollgate: cannot listen at 127.0.0.1:"
                  + taken.getLocalPort()
                  + " (listen.host, listen.port): Address already in use")
          .doesNotContain("not everything stopped");
    }
    assertThat(EmbeddedPostgres.running(data.resolve("postgres"))).isNull();
    assertThat(new RedisServer(data.resolve("redis")).runs()).isFalse();
  }

  @Test
  void whatAStartWouldFailAtIsToldBeforeIt() throws Exception {
    Path config = directory.resolve("wrong.yaml");
    Files.writeString(
        config,
        """
        listen: { host: 0.0.0.0, tls: { certificate: none.crt, private-key: none.key } }
        spend: { prices-overlay: none.json }
        """);
    for (String command : new String[] {"config check", "serve"}) {
      String[] words = (command + " --config " + config).split(" ", -1);
      Said said = NodeProcess.run(directory.resolve("said"), words);
      assertThat(said.status()).isEqualTo(1);
      assertThat(said.text().lines().filter(line -> line.startsWith("tollgate: ")))
          .satisfiesExactly(
              one -> assertThat(one).contains("listen.tls.certificate").contains("no such file"),
              two -> assertThat(two).contains("listen.tls.private-key").contains("no such file"),
              three -> assertThat(three).contains("spend.prices-overlay").contains("no such file"),
              four -> assertThat(four).contains("no provider is configured"));
    }
  }

  @Test
  void aShutdownIsAnnouncedAndStillTakesCalls() {
    TestGateway gateway =
        TestGateway.start(wishes -> wishes.door(withNotice(wishes.door(), Duration.ofSeconds(10))));
    TestGateway.Tenant tenant = gateway.tenant(1_000L);
    CompletableFuture<Void> closed =
        CompletableFuture.runAsync(gateway::close, task -> Thread.ofVirtual().start(task));

    await()
        .atMost(PATIENCE)
        .until(() -> gateway.send("GET", "/health/ready", "", "").statusCode() == 503);

    assertThat(gateway.send("GET", "/health/ready", "", "").body()).contains("stopping");
    assertThat(gateway.send("GET", "/health/live", "", "").statusCode()).isEqualTo(200);
    assertThat(gateway.send("GET", "/v1/models", tenant.key(), "").statusCode()).isEqualTo(200);
    closed.join();
  }

  private static FrontDoorConfig withNotice(FrontDoorConfig door, Duration notice) {
    return new FrontDoorConfig(
        door.host(),
        door.port(),
        door.tls(),
        door.headerBytes(),
        door.bodyBytes(),
        door.bodiesInFlight(),
        door.requestTimeout(),
        notice,
        door.drain(),
        door.loops());
  }

  @Test
  void keysOfADirectoryAreForTheGatewayThatRunsOnIt() throws IOException {
    Files.writeString(DataDirectory.address(directory), "http://127.0.0.1:8080\n");
    Path key = DataDirectory.administratorKey(directory);
    Files.writeString(key, "tg_admin_local\n");
    Whereabouts local = new Whereabouts(null, Map.of("TOLLGATE_DATA", directory.toString()));

    assertThat(local.key(null, "TOLLGATE_ADMIN_KEY", key, local.gateway(null)))
        .isEqualTo("tg_admin_local");
    assertThat(local.key(null, "TOLLGATE_ADMIN_KEY", key, local.gateway("http://127.0.0.1:8080/")))
        .isEqualTo("tg_admin_local");
    assertThat(local.key(null, "TOLLGATE_ADMIN_KEY", key, local.gateway("http://10.0.0.9:8080")))
        .isNull();
    assertThat(local.key("given", "TOLLGATE_ADMIN_KEY", key, local.gateway("http://10.0.0.9")))
        .isEqualTo("given");
    Whereabouts named = new Whereabouts(directory, Map.of());
    assertThat(named.key(null, "TOLLGATE_ADMIN_KEY", key, named.gateway("http://10.0.0.9")))
        .as("by --data it is meant")
        .isEqualTo("tg_admin_local");
  }
}
