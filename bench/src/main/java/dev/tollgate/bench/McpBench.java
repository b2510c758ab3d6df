package dev.tollgate.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Calls of one tool, straight to its server and through the gateway: kept in the node's memory,
 * kept in Redis alone, and not kept. Two gateways, one PostgreSQL, one Redis; the server runs in
 * this process. Each answer's own word on the cache is checked.
 *
 * <p>Arguments: connections of the throughput run (32), seconds of each run (5), rounds (3).
 */
public final class McpBench {

  private static final String MODERN = "2026-07-28";

  private final Vertx vertx;
  private final Fleet fleet;
  private final McpServerOfBench server;
  private final Duration time;
  private final String key;
  private final String run = Long.toString(System.nanoTime(), 36);

  private McpBench(Vertx vertx, Fleet fleet, McpServerOfBench server, Duration time, String key) {
    this.vertx = vertx;
    this.fleet = fleet;
    this.server = server;
    this.time = time;
    this.key = key;
  }

  public static void main(String[] arguments) throws Exception {
    int connections = argument(arguments, 0, 32);
    Duration time = Duration.ofSeconds(argument(arguments, 1, 5));
    int rounds = argument(arguments, 2, 3);
    Path home = Files.createTempDirectory("tollgate-mcp");
    // A loop of its own for each side: an answer within one loop would spare two awakenings.
    Vertx callers = oneLoop();
    Vertx servers = oneLoop();
    try (McpServerOfBench server = McpServerOfBench.start(servers);
        Fleet fleet =
            Fleet.start(home, 2, "connectors: { allow-private-addresses: [\"127.0.0.0/8\"] }\n")) {
      McpBench bench = new McpBench(callers, fleet, server, time, connect(fleet, server));
      for (int round = 0; round <= rounds; round++) {
        bench.one(round);
      }
      for (int round = 0; round <= rounds; round++) {
        bench.many(connections, round);
      }
    } finally {
      callers.close().await();
      servers.close().await();
    }
  }

  private static Vertx oneLoop() {
    return Vertx.builder()
        .with(new VertxOptions().setEventLoopPoolSize(1))
        .withTransport(Transport.EPOLL)
        .build();
  }

  private static int argument(String[] arguments, int at, int preset) {
    return arguments.length > at ? Integer.parseInt(arguments[at]) : preset;
  }

  /** Makes an organization with the server as connector; its key. */
  private static String connect(Fleet fleet, McpServerOfBench server)
      throws IOException, InterruptedException {
    JsonNode organization =
        fleet.admin(
            "POST", "/organizations", "{\"name\":\"calling\",\"monthlyBudgetCents\":100000}");
    String path = "/organizations/" + organization.path("id").stringValue();
    fleet.admin(
        "POST",
        path + "/connectors",
        "{\"name\":\"bench\",\"url\":\"http://127.0.0.1:%d/mcp\",\"stateless\":true,"
                .formatted(server.port())
            + "\"policies\":{\"look\":{\"class\":\"stable\",\"access\":\"read\"}}}");
    return fleet.admin("POST", path + "/keys", "{\"name\":\"bench\"}").path("key").stringValue();
  }

  /** One connection: what each way takes. */
  private void one(int round) throws InterruptedException {
    Target first = fleet.nodes().getFirst().target();
    Target second = fleet.nodes().getLast().target();
    String label = round == 0 ? "warm-up" : "round " + round;
    report(label, "direct", measure(null, new Calls("d", 1, "\"result\""), 1), null);
    long before = server.calls();
    report(label, "kept in memory", measure(first, new Calls("kept", 1, "hit|miss"), 1), first);
    System.out.printf("%-8s its server was asked %d times%n", label, server.calls() - before);
    Calls fresh = new Calls("new" + round, Integer.MAX_VALUE, "miss");
    report(label, "not kept", measure(first, fresh, 1), first);
    // What the first node fetched just now the second finds in Redis, each answer once.
    Calls elsewhere = new Calls("new" + round, fresh.asked(), "hit");
    report(label, "kept in Redis", elsewhere(second, elsewhere), second);
  }

  private Outcome elsewhere(Target node, Calls calls) throws InterruptedException {
    return measure(node, calls, 1, Math.min(time.toMillis(), calls.distinct() / 4L));
  }

  private void many(int connections, int round) throws InterruptedException {
    Target first = fleet.nodes().getFirst().target();
    Outcome outcome = measure(first, new Calls("kept", 1, "hit|miss"), connections);
    report(round == 0 ? "warm-up" : "round " + round, connections + " connections", outcome, first);
  }

  /**
   * What a run showed.
   *
   * @param cpuMillis of the gateway
   */
  private record Outcome(Load.Result result, long cpuMillis, double seconds) {}

  private Outcome measure(@Nullable Target gateway, Calls calls, int connections)
      throws InterruptedException {
    return measure(gateway, calls, connections, time.toMillis());
  }

  private Outcome measure(@Nullable Target gateway, Calls calls, int connections, long millis)
      throws InterruptedException {
    RequestOptions target =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(gateway == null ? server.port() : gateway.port())
            .setMethod(HttpMethod.POST)
            .setURI(gateway == null ? "/mcp" : "/mcp/bench")
            .putHeader("authorization", "Bearer " + key)
            .putHeader("content-type", "application/json")
            .putHeader("accept", "application/json, text/event-stream")
            .putHeader("mcp-protocol-version", MODERN)
            .putHeader("mcp-method", "tools/call")
            .putHeader("mcp-name", "look");
    Load load = new Load(vertx, target, calls, connections);
    long cpu = gateway == null ? 0 : gateway.cpuMillis();
    long before = System.nanoTime();
    Load.Result result = load.run(connections, Duration.ofMillis(millis));
    return new Outcome(
        result,
        gateway == null ? 0 : gateway.cpuMillis() - cpu,
        (System.nanoTime() - before) / 1e9);
  }

  private static void report(String label, String what, Outcome outcome, @Nullable Target gateway) {
    Load.Result result = outcome.result();
    System.out.printf(
        "%-8s %-16s %8.0f a second %4d failed  p50 %5d us p99 %6d us%s%n",
        label,
        what,
        result.answered() / outcome.seconds(),
        result.failed(),
        result.last50(),
        result.last99(),
        gateway == null
            ? ""
            : "  gateway's CPU %.1f us a call"
                .formatted(outcome.cpuMillis() * 1_000.0 / Math.max(1, result.answered())));
  }

  /** Calls of the tool with arguments that come again after {@code distinct} calls. */
  private final class Calls implements Load.Asked {

    private final String name;
    private final int distinct;
    private final List<String> right;
    private long asked;

    Calls(String name, int distinct, String right) {
      this.name = name;
      this.distinct = distinct;
      this.right = List.of(right.split("\\|", -1));
    }

    int asked() {
      return (int) asked;
    }

    int distinct() {
      return distinct;
    }

    @Override
    public Buffer body(long number) {
      asked = Math.max(asked, number + 1);
      return Buffer.buffer(
          "{\"jsonrpc\":\"2.0\",\"id\":"
              + number
              + ",\"method\":\"tools/call\",\"params\":{\"name\":\"look\",\"arguments\":{\"page\":\""
              + run
              + name
              + number % distinct
              + "\"},\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\""
              + MODERN
              + "\",\"io.modelcontextprotocol/clientInfo\":{\"name\":\"bench\",\"version\":\"1\"},"
              + "\"io.modelcontextprotocol/clientCapabilities\":{}}}}");
    }

    @Override
    public boolean right(Buffer answer) {
      String text = answer.toString();
      return right.stream()
          .anyMatch(
              each -> text.contains(each.startsWith("\"") ? each : "\"status\":\"" + each + "\""));
    }
  }
}
