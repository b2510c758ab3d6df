package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.TestGateway;
import dev.tollgate.secrets.MasterKey;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * 200 clients at once, of three organizations and of two users of one, in both eras, with the same
 * identifiers and arguments, that cancel and go away as they like while tokens are rotated: nobody
 * sees, or answers, what is another's. Every second seed has two nodes, between which clients
 * change. More seeds by {@code -Dtollgate.isolation.seeds=N}.
 */
class IsolationIT {

  private static final int CLIENTS = 200;
  private static final int ROUNDS = 6;
  private static final List<String> CONNECTORS = List.of("shared", "own", "modern");

  private final MasterKey masterKey = MasterKey.parse(MasterKey.generate());

  static LongStream seeds() {
    return LongStream.range(0, Long.getLong("tollgate.isolation.seeds", 2));
  }

  /** Who calls, with which key. */
  record Principal(String name, String key, String organization) {}

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void nobodySeesWhatIsAnothers(long seed) throws Exception {
    try (TellingServer legacy = new TellingServer(false, seed);
        TellingServer modern = new TellingServer(true, seed);
        TestGateway first = TestGateway.start(wishes -> wishes.masterKey(masterKey))) {
      List<TestGateway> nodes = new ArrayList<>(List.of(first));
      if (seed % 2 == 1) {
        nodes.add(TestGateway.start(first.database(), wishes -> wishes.masterKey(masterKey)));
      }
      try {
        run(seed, nodes, legacy, modern);
      } finally {
        nodes.subList(1, nodes.size()).forEach(TestGateway::close);
      }
    }
  }

  private static void run(
      long seed, List<TestGateway> nodes, TellingServer legacy, TellingServer modern)
      throws Exception {
    TestGateway gateway = nodes.getFirst();
    List<Principal> principals = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      TestGateway.Tenant tenant = gateway.tenant(null);
      String organization = tenant.id().toString();
      principals.add(new Principal(name, tenant.key(), organization));
      connect(gateway, organization, "shared", legacy, true, name);
      connect(gateway, organization, "own", legacy, false, name);
      connect(gateway, organization, "modern", modern, true, name);
    }
    String organization = principals.getFirst().organization();
    principals.add(user(gateway, organization, "a1"));
    principals.add(user(gateway, organization, "a2"));
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    AtomicInteger answered = new AtomicInteger();
    HttpClient http = client();
    HttpClient leaving = client();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Principal who = principals.get(i % principals.size());
        String connector = CONNECTORS.get(i / principals.size() % CONNECTORS.size());
        boolean inSession = i % 2 == 0;
        Random random = new Random(seed * 1_000 + i);
        all.add(
            threads.submit(() -> {
              try (IsolatedClient client =
                  new IsolatedClient(
                      http, leaving, nodes, who, connector, random, wrong, answered)) {
                client.run(inSession, ROUNDS);
              }
              return null;
            }));
      }
      all.add(threads.submit(() -> rotate(gateway, principals.get(1))));
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      http.shutdownNow();
      leaving.shutdownNow();
    }
    assertThat(wrong).as("seed " + seed).isEmpty();
    assertThat(legacy.wrong).as("seed " + seed).isEmpty();
    assertThat(modern.wrong).as("seed " + seed).isEmpty();
    assertThat(answered.get()).as("answers that were looked at").isGreaterThan(CLIENTS);
    assertThat(legacy.asked.get()).isPositive();
    assertThat(modern.asked.get()).isPositive();
  }

  private static HttpClient client() {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  private static void connect(
      TestGateway gateway,
      String organization,
      String name,
      TellingServer server,
      boolean stateless,
      String who) {
    gateway.admin(
        "POST",
        "/admin/v1/organizations/" + organization + "/connectors",
        "{\"name\":\"%s\",\"url\":\"%s\",\"stateless\":%s,\"auth\":{\"type\":\"bearer\",\"token\":\"tok-%s-0\"}}"
            .formatted(name, server.url(), stateless, who),
        201);
  }

  /** A user of the organization, with a key and a token of its own for each connector. */
  private static Principal user(TestGateway gateway, String organization, String name) {
    String base = "/admin/v1/organizations/" + organization;
    String user =
        gateway
            .admin("POST", base + "/users", "{\"name\":\"" + name + "\"}", 201)
            .path("id")
            .stringValue();
    String key =
        gateway
            .admin("POST", base + "/keys", "{\"name\":\"k\",\"userId\":\"" + user + "\"}", 201)
            .path("key")
            .stringValue();
    token(gateway, organization, name, 0, ",\"userId\":\"" + user + "\"");
    return new Principal(name, key, organization);
  }

  private static void token(
      TestGateway gateway, String organization, String name, int version, String more) {
    String base = "/admin/v1/organizations/" + organization + "/connectors";
    gateway
        .admin("GET", base, "", 200)
        .path("items")
        .forEach(each -> {
          int status =
              gateway
                  .send(
                      "PUT",
                      base + "/" + each.path("id").stringValue() + "/credentials",
                      TestGateway.ADMIN_KEY,
                      "{\"token\":\"tok-" + name + "-" + version + "\"" + more + "}")
                  .statusCode();
          assertThat(status).isLessThan(300);
        });
  }

  private static void rotate(TestGateway gateway, Principal who) {
    for (int version = 1; version <= 3; version++) {
      token(gateway, who.organization(), who.name(), version, "");
    }
  }
}
