package dev.tollgate.bench;

import dev.tollgate.spend.Books;
import dev.tollgate.storage.Storage;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/**
 * An hour of production traffic, faster than it was, through gateways and simulator, with budgets
 * that run out on the way: what each request was told, and whether the money is right.
 *
 * <p>Arguments: the directory of the traces, speed (50), organizations (12), gateways (1). Each
 * organization's budget is half of what its requests would cost on the models that they ask for.
 * Status 1 where a check fails.
 */
public final class ReplayBench {

  private static final long NANOS_A_CENT = 10_000_000;
  private static final double LEAST_SPENT = 0.9;

  /** Of the run, that are told of one by one. */
  private static final int PARTS = 7;

  /** Nano-dollars a token of claude-opus-5-5 and gpt-4o. */
  private static final long OPUS_INPUT = 4_000;

  private static final long OPUS_OUTPUT = 20_000;
  private static final long GPT_INPUT = 2_500;
  private static final long GPT_OUTPUT = 10_000;

  private static final String TIERS =
      """
      tiers:
        premium: { upstream: claude-opus-5-5 }
        standard: { upstream: claude-sonnet-5-5, upstream-openai: gpt-4o }
        economy: { upstream: claude-haiku-5-5, upstream-openai: gpt-4o-mini }
      """;

  private final Fleet fleet;
  private final List<TraceRow> rows;
  private final double speed;
  private final int[] tenants;
  private final long[] limits;
  private final List<String> organizations = new ArrayList<>();
  private final List<String> keys = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  private ReplayBench(Fleet fleet, List<TraceRow> rows, double speed, int size) {
    this.fleet = fleet;
    this.rows = rows;
    this.speed = speed;
    Random random = new Random(1);
    // Organizations are of unequal size: the largest asks three times as often as the smallest.
    this.tenants =
        rows.stream().mapToInt(row -> (int) (size * Math.pow(random.nextDouble(), 1.3))).toArray();
    this.limits = new long[size];
    for (int i = 0; i < rows.size(); i++) {
      limits[tenants[i]] += asked(rows.get(i)) / 2;
    }
    for (int i = 0; i < size; i++) {
      limits[i] -= limits[i] % NANOS_A_CENT;
    }
  }

  private static long asked(TraceRow row) {
    return row.code()
        ? row.input() * GPT_INPUT + row.output() * GPT_OUTPUT
        : row.input() * OPUS_INPUT + row.output() * OPUS_OUTPUT;
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length == 0) {
      System.err.println("name the directory with code.csv and conv.csv of the traces");
      System.exit(2);
      return;
    }
    List<TraceRow> rows = TraceRow.read(Path.of(arguments[0]));
    int speed = argument(arguments, 1, 50);
    int size = argument(arguments, 2, 12);
    int gateways = argument(arguments, 3, 1);
    Path home = Files.createTempDirectory("tollgate-replay");
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    boolean held;
    try (Fleet fleet = Fleet.start(home, gateways, TIERS)) {
      System.out.printf(
          "%d requests of %d s at %d times their speed, %d organizations, %d gateways; logs in"
              + " %s%n",
          rows.size(), rows.getLast().at().toSeconds(), speed, size, gateways, home);
      held = new ReplayBench(fleet, rows, speed, size).run(vertx);
    } finally {
      vertx.close().await();
    }
    System.exit(held ? 0 : 1);
  }

  private static int argument(String[] arguments, int at, int preset) {
    return arguments.length > at ? Integer.parseInt(arguments[at]) : preset;
  }

  private boolean run(Vertx vertx) throws Exception {
    for (int i = 0; i < limits.length; i++) {
      JsonNode organization =
          fleet.admin(
              "POST",
              "/organizations",
              "{\"name\":\"replay %d\",\"monthlyBudgetCents\":%d}"
                  .formatted(i, limits[i] / NANOS_A_CENT));
      String id = organization.path("id").stringValue();
      organizations.add(id);
      keys.add(
          fleet
              .admin("POST", "/organizations/" + id + "/keys", "{\"name\":\"replay\"}")
              .path("key")
              .stringValue());
    }
    ReplayCallers callers = new ReplayCallers(vertx, fleet.nodes(), rows, keys, tenants, speed);
    long began = System.nanoTime();
    boolean all = callers.run();
    double took = (System.nanoTime() - began) / 1e9;
    long cpu = 0;
    for (GatewayNode node : fleet.nodes()) {
      cpu += node.target().cpuMillis();
      node.close();
    }
    System.out.printf("%.0f s; verdicts: %s%n", took, callers.verdicts());
    System.out.printf("gateways' CPU with their start %.1f s%n", cpu / 1e3);
    added(callers, 0, 1);
    for (int part = 0; part < PARTS; part++) {
      added(callers, (double) part / PARTS, (part + 1.0) / PARTS);
    }
    expect(all, "not every request got a verdict");
    callers
        .verdicts()
        .forEach((verdict, count) ->
            expect(
                verdict.startsWith("answered") || verdict.contains("budget_"),
                count + " requests: " + verdict));
    money();
    failures.forEach(failure -> System.out.println("FAILED: " + failure));
    System.out.println(failures.isEmpty() ? "all checks held" : failures.size() + " checks failed");
    return failures.isEmpty();
  }

  private static void added(ReplayCallers callers, double from, double to) {
    System.out.printf(
        "first byte beyond the provider's own time, %.0f to %.0f %% of the run: p50 %d us, p90 %d"
            + " us, p99 %d us%n",
        from * 100,
        to * 100,
        callers.added(0.5, from, to),
        callers.added(0.9, from, to),
        callers.added(0.99, from, to));
  }

  private void money() throws SQLException, IOException {
    try (Storage storage = Storage.open(fleet.storage())) {
      Books.Report report = Books.verify(storage);
      expect(report.balanced(), "the books do not balance: " + report.differences());
    }
    Map<String, Long> spent = spent();
    double least = 1;
    double sum = 0;
    for (int i = 0; i < limits.length; i++) {
      long of = spent.getOrDefault(organizations.get(i), 0L);
      double part = (double) of / limits[i];
      least = Math.min(least, part);
      sum += of;
      expect(of <= limits[i], "organization " + i + " overspent by " + (of - limits[i]) + " nanos");
      expect(
          part >= LEAST_SPENT, "organization " + i + " spent only %.1f %%".formatted(part * 100));
    }
    System.out.printf(
        "spent %.2f USD, overspend 0 unless said below; the budget that was used least: %.1f %%%n",
        sum / 1e9, least * 100);
  }

  private void expect(boolean held, String otherwise) {
    if (!held) {
      failures.add(otherwise);
    }
  }

  private Map<String, Long> spent() throws SQLException {
    Map<String, Long> spent = new HashMap<>();
    try (Connection connection = fleet.observe();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT organization_id, sum(cost_nanos) FROM tollgate.ledger GROUP BY 1")) {
      while (rows.next()) {
        spent.put(rows.getString(1), rows.getLong(2));
      }
    }
    return spent;
  }
}
