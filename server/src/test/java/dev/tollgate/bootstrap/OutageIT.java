package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.http.engine.FrontDoorConfig;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.spend.SpendConfig;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.testing.Cable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** PostgreSQL goes away and comes back, or is late: 503 meanwhile, and nothing answered is lost. */
class OutageIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String BODY =
      "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":50,\"messages\":[{\"role\":\"user\","
          + "\"content\":\"Hi [[sim: output-tokens=5 first-byte=20ms]]\"}]}";

  @TempDir Path home;

  private static StorageConfig storage(PostgresAddress owner, int port) {
    return new StorageConfig(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + owner.database(),
        owner.user(),
        owner.password(),
        8,
        PATIENCE);
  }

  /** Waits long for a commit, so that an answer under way is late and not torn. */
  private static SpendConfig patient(SpendConfig config) {
    return new SpendConfig(
        config.heldWait(),
        config.waiters(),
        PATIENCE,
        config.outstanding(),
        config.batch(),
        config.leaseLifetime(),
        config.accounts(),
        config.labels(),
        config.drain());
  }

  /**
   * Calls that come all the time, whether those before have been answered or not, and what became
   * of them.
   */
  private static final class Load implements AutoCloseable {

    private final TestGateway gateway;
    private final Tenant tenant;
    private final Queue<HttpResponse<String>> answers = new ConcurrentLinkedQueue<>();
    private final Queue<RuntimeException> torn = new ConcurrentLinkedQueue<>();

    /** Fewer than the streams that a connection may have, of which there is one. */
    private final Semaphore open = new Semaphore(64);

    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor();

    Load(TestGateway gateway, Tenant tenant) {
      this.gateway = gateway;
      this.tenant = tenant;
      ScheduledFuture<?> _ = ticks.scheduleWithFixedDelay(this::tick, 0, 50, TimeUnit.MILLISECONDS);
    }

    private void tick() {
      if (open.tryAcquire()) {
        callers.execute(this::call);
      }
    }

    private void call() {
      try {
        answers.add(gateway.send("POST", "/v1/messages", tenant.key(), BODY));
      } catch (UncheckedIOException e) {
        torn.add(e);
      } finally {
        open.release();
      }
    }

    List<HttpResponse<String>> with(int status) {
      return answers.stream().filter(answer -> answer.statusCode() == status).toList();
    }

    @Override
    public void close() {
      ticks.close();
      callers.close();
    }
  }

  @Test
  void answers503WhilePostgresIsAwayAndThenServesAgain() throws IOException {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home);
        Cable cable = new Cable(postgres.port());
        TestGateway gateway =
            TestGateway.start(
                storage(postgres.owner(), cable.port()),
                wishes -> wishes.spend(patient(wishes.spend())))) {
      Tenant tenant = gateway.tenant(100_000L);
      Load load = new Load(gateway, tenant);
      try (load) {
        await().atMost(PATIENCE).until(() -> load.with(200).size() >= 20);
        // It is started again at once; the cable keeps it away until that has been seen.
        cable.cut();
        postgres.kill();
        await().atMost(PATIENCE).until(() -> !load.with(503).isEmpty());
        cable.mend();
        int answered = load.with(200).size();
        await().atMost(PATIENCE).until(() -> load.with(200).size() >= answered + 40);
      }

      assertThat(load.torn).isEmpty();
      assertThat(load.answers)
          .allMatch(answer -> answer.statusCode() == 200 || answer.statusCode() == 503);
      assertThat(load.with(503))
          .allMatch(answer -> answer.body().startsWith("{\"type\":\"error\""))
          .allMatch(answer ->
              answer
                  .headers()
                  .firstValue("x-tollgate-refusal")
                  .orElse("")
                  .equals(ErrorCode.BUDGET_UNAVAILABLE.wire()));
      await()
          .atMost(PATIENCE)
          .until(() -> gateway.send("GET", "/health/ready", "", "").statusCode() == 200);
      gateway.awaitCharges();
      assertThat(callIds(gateway, tenant))
          .containsAll(
              load.with(200).stream()
                  .map(answer -> answer.headers().firstValue("x-tollgate-call-id").orElseThrow())
                  .toList());
      assertThat(gateway.books().differences()).isEmpty();
    }
  }

  /** Every call in the ledger, page by page. */
  private static List<String> callIds(TestGateway gateway, Tenant tenant) {
    List<String> ids = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page =
          gateway.admin(
              "GET",
              "/admin/v1/organizations/" + tenant.id() + "/ledger?limit=1000" + cursor,
              "",
              200);
      page.path("items").forEach(item -> ids.add(item.path("callId").stringValue()));
      cursor = "&cursor=" + page.path("nextCursor").stringValue("");
    } while (!cursor.equals("&cursor="));
    return ids;
  }

  @Test
  void answers503UntilADatabaseThatIsLateIsThere() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home);
        HttpClient http = HttpClient.newHttpClient()) {
      int door = FreePort.next();
      // Nobody else takes the port until it is PostgreSQL's.
      Socket nobody = new Socket();
      nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      int late = nobody.getLocalPort();
      CompletableFuture<TestGateway> started =
          CompletableFuture.supplyAsync(
              () ->
                  TestGateway.start(
                      storage(postgres.owner(), late),
                      wishes -> wishes.door(at(door, wishes.door()))),
              task -> Thread.ofVirtual().start(task));
      try {
        await()
            .atMost(PATIENCE)
            .ignoreExceptions()
            .until(() -> status(http, door, "/health/live") == 200);
        assertThat(status(http, door, "/health/ready")).isEqualTo(503);
        HttpResponse<String> early =
            http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door + "/v1/messages"))
                    .header("x-api-key", "tg_live_somebody")
                    .POST(HttpRequest.BodyPublishers.ofString(BODY))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(early.statusCode()).isEqualTo(503);
        assertThat(early.body()).startsWith("{\"type\":\"error\"").contains("starting");
        assertThat(started).isNotDone();

        nobody.close();
        try (Forwarder _ = new Forwarder(late, postgres.port())) {
          TestGateway gateway = started.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
          assertThat(status(http, door, "/health/ready")).isEqualTo(200);
          assertThat(
                  gateway
                      .send("POST", "/v1/messages", gateway.tenant(1_000L).key(), BODY)
                      .statusCode())
              .isEqualTo(200);
          gateway.close();
        }
      } finally {
        started.cancel(true);
        nobody.close();
      }
    }
  }

  private static int status(HttpClient http, int port, String path)
      throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static FrontDoorConfig at(int port, FrontDoorConfig door) {
    return new FrontDoorConfig(
        door.host(),
        port,
        door.tls(),
        door.headerBytes(),
        door.bodyBytes(),
        door.bodiesInFlight(),
        door.requestTimeout(),
        door.notice(),
        door.drain(),
        door.loops());
  }

  /** Listens in PostgreSQL's place and passes all to it. */
  private static final class Forwarder implements AutoCloseable {

    private final ServerSocket listener = new ServerSocket();
    private final int to;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

    Forwarder(int port, int to) throws IOException {
      this.to = to;
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
      try {
        while (true) {
          Socket from = listener.accept();
          Socket onward = new Socket(InetAddress.getLoopbackAddress(), to);
          sockets.addAll(List.of(from, onward));
          Thread.ofVirtual().start(() -> pass(from, onward));
          Thread.ofVirtual().start(() -> pass(onward, from));
        }
      } catch (IOException closed) {
        // The test is over.
      }
    }

    private static void pass(Socket from, Socket to) {
      try (InputStream in = from.getInputStream();
          OutputStream out = to.getOutputStream()) {
        in.transferTo(out);
      } catch (IOException closed) {
        // One side went away, and with it the other.
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }
}
