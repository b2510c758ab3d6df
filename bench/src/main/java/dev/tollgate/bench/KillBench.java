package dev.tollgate.bench;

import dev.tollgate.spend.Books;
import dev.tollgate.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;

/**
 * Three gateways, 64 callers, one budget; once a second one of the gateways that have answered
 * since their start is killed with {@code kill -9} and started again, PostgreSQL is killed twice
 * and Redis once. Then what the callers were told is held against the ledger.
 *
 * <p>Arguments: seconds (60), cents of the budget (150), seed (1). Status 1 where a check fails.
 */
public final class KillBench {

  private static final int CALLERS = 64;
  private static final long NANOS_A_CENT = 10_000_000;

  /** Of the default ladder. */
  private static final long BLOCK = 10 * NANOS_A_CENT;

  private static final Duration RECOVERY = Duration.ofMinutes(3);

  private final Fleet fleet;
  private final Duration time;
  private final long limit;
  private final Random random;
  private final List<String> failures = new ArrayList<>();
  private int kills;

  private KillBench(Fleet fleet, Duration time, long cents, long seed) {
    this.fleet = fleet;
    this.time = time;
    this.limit = cents * NANOS_A_CENT;
    this.random = new Random(seed);
  }

  public static void main(String[] arguments) throws Exception {
    long seconds = argument(arguments, 0, 60);
    long cents = argument(arguments, 1, 150);
    long seed = argument(arguments, 2, 1);
    Path home = Files.createTempDirectory("tollgate-kill");
    boolean held;
    // They will be killed before the second compiler is of use.
    try (Fleet fleet = Fleet.start(home, 3, "", "-XX:TieredStopAtLevel=1")) {
      System.out.printf(
          "three gateways, %d callers, a budget of %d cents, seed %d; logs in %s%n",
          CALLERS, cents, seed, home);
      held = new KillBench(fleet, Duration.ofSeconds(seconds), cents, seed).run(cents, seed);
    }
    System.exit(held ? 0 : 1);
  }

  private static long argument(String[] arguments, int at, long preset) {
    return arguments.length > at ? Long.parseLong(arguments[at]) : preset;
  }

  private boolean run(long cents, long seed) throws Exception {
    JsonNode organization =
        fleet.admin(
            "POST",
            "/organizations",
            "{\"name\":\"killed\",\"monthlyBudgetCents\":%d}".formatted(cents));
    String id = organization.path("id").stringValue();
    String key =
        fleet
            .admin("POST", "/organizations/" + id + "/keys", "{\"name\":\"bench\"}")
            .path("key")
            .stringValue();
    PayingCallers callers = new PayingCallers(fleet, key);
    long before = System.nanoTime();
    killWhileTheyCall(callers, seed);
    double ran = (System.nanoTime() - before) / 1e9;
    int open = callers.cut();
    int answered = callers.paid().size();
    recover();
    long inTheMidst = spent();
    spendTheRest(callers, seed);
    report(callers, ran, open, answered, inTheMidst);
    check(callers, open);
    failures.forEach(failure -> System.out.println("FAILED: " + failure));
    System.out.println(failures.isEmpty() ? "all checks held" : failures.size() + " checks failed");
    return failures.isEmpty();
  }

  // The load and the kills
  // ---------------------------------------------------------------------------

  private void killWhileTheyCall(PayingCallers callers, long seed) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    BooleanSupplier over = () -> System.nanoTime() - end >= 0;
    Thread load =
        Thread.ofVirtual()
            .start(() -> {
              try {
                callers.run(CALLERS, seed, fleet.nodes(), over);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    while (!load.join(Duration.ofSeconds(1))) {
      try {
        killOne();
      } catch (IOException e) {
        throw new IllegalStateException("a node cannot be started", e);
      }
    }
  }

  private void killOne() throws IOException, InterruptedException {
    List<GatewayNode> serving = fleet.nodes().stream().filter(GatewayNode::hasAnswered).toList();
    if (serving.isEmpty()) {
      return;
    }
    serving.get(random.nextInt(serving.size())).killAndStart();
    switch (++kills) {
      case 2, 5 -> {
        fleet.postgres().kill();
        System.out.println("PostgreSQL killed after " + kills + " kills");
      }
      case 4 -> {
        fleet.redis().kill();
        System.out.println("Redis killed after " + kills + " kills");
      }
      default -> {}
    }
  }

  /** Waits until every lease of a process that is gone is resolved. */
  private void recover() throws Exception {
    for (GatewayNode node : fleet.nodes()) {
      fleet.awaitReady(node);
    }
    long end = System.nanoTime() + RECOVERY.toNanos();
    while (unresolved() > 0 && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(200);
    }
    expect(unresolved() == 0, "leases of killed processes are unresolved after " + RECOVERY);
    books("after recovery");
  }

  private void spendTheRest(PayingCallers callers, long seed) throws Exception {
    for (GatewayNode node : fleet.nodes()) {
      int paid = callers.paid().size();
      long end = System.nanoTime() + RECOVERY.toNanos();
      boolean last = node.equals(fleet.nodes().getLast());
      // Each of the first two spends some of it, the last one all that is left.
      callers.run(
          8,
          seed,
          List.of(node),
          () ->
              System.nanoTime() > end || (!last && callers.paid().size() > paid + 20) || blocked());
    }
    for (GatewayNode node : fleet.nodes()) {
      String outcome = callers.call(node, 20);
      expect(!outcome.isEmpty(), node.name() + " answers beyond the block step");
    }
    expect(limit - spent() < BLOCK, "the budget cannot be spent to its block step");
  }

  private boolean blocked() {
    try {
      return limit - spent() < BLOCK;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  // What is checked
  // -----------------------------------------------------------------------------------

  private void check(PayingCallers callers, int open) throws SQLException {
    for (GatewayNode node : fleet.nodes()) {
      node.close();
    }
    books("when all have ended");
    long granted =
        number("SELECT granted_nanos FROM tollgate.budgets WHERE limit_nanos IS NOT NULL");
    expect(spent() <= limit && granted <= limit, "overspent by " + (spent() - limit));
    expect(
        number(
                "SELECT count(*) FROM (SELECT FROM tollgate.ledger WHERE kind = 'charge'"
                    + " GROUP BY call_id HAVING count(*) > 1) twice")
            == 0,
        "calls are charged twice");
    Map<String, Long> charged = charges();
    callers
        .paid()
        .forEach((call, cost) ->
            expect(
                cost.equals(charged.get(call)),
                "call " + call + " cost " + cost + " and was charged " + charged.get(call)));
    expect(
        presumed() <= open * mostHeld(),
        presumed() + " stay presumed, and only " + open + " calls were open at kills");
  }

  private void books(String when) {
    try (Storage storage = Storage.open(fleet.storage())) {
      Books.Report report = Books.verify(storage);
      expect(report.balanced(), "the books do not balance " + when + ": " + report.differences());
    }
  }

  private void expect(boolean held, String otherwise) {
    if (!held) {
      failures.add(otherwise);
    }
  }

  private void report(PayingCallers callers, double ran, int open, int answered, long inTheMidst)
      throws SQLException {
    System.out.printf(
        "%d kills in %.0f s, %d calls answered, %d cut; instead of an answer: %s%n",
        kills, ran, answered, open, callers.refused());
    System.out.printf(
        "settled after recovery %.4f of %.2f USD, at the end %.4f; of it presumed %.4f (open at the"
            + " kills); charges %.4f; overspend %.4f%n",
        inTheMidst / 1e9,
        limit / 1e9,
        spent() / 1e9,
        presumed() / 1e9,
        (spent() - presumed()) / 1e9,
        Math.max(0, spent() - limit) / 1e9);
    System.out.printf(
        "utilization to the block step: %.2f %%, without what was open at the kills %.2f %%%n",
        100.0 * spent() / (limit - BLOCK),
        100.0 * (spent() - presumed()) / (limit - BLOCK - presumed()));
  }

  // The ledger
  // ----------------------------------------------------------------------------------------

  private long spent() throws SQLException {
    return number("SELECT coalesce(sum(cost_nanos), 0) FROM tollgate.ledger");
  }

  private long presumed() throws SQLException {
    return number(
        "SELECT coalesce(sum(cost_nanos), 0) FROM tollgate.ledger WHERE kind <> 'charge'");
  }

  private long mostHeld() throws SQLException {
    return number("SELECT coalesce(max(held_nanos), 0) FROM tollgate.ledger WHERE kind = 'charge'");
  }

  private long unresolved() throws SQLException {
    return number(
        """
        SELECT count(*) FROM tollgate.leases l JOIN tollgate.nodes n ON n.id = l.node_id
        WHERE l.epoch < n.epoch AND (l.state = 'live' OR l.state = 'frozen' AND NOT l.resolved)
        """);
  }

  private long number(String query) throws SQLException {
    try (Connection connection = fleet.observe();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  private Map<String, Long> charges() throws SQLException {
    Map<String, Long> charges = new HashMap<>();
    try (Connection connection = fleet.observe();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT call_id, cost_nanos FROM tollgate.ledger WHERE kind = 'charge'")) {
      while (rows.next()) {
        charges.put(rows.getString(1), rows.getLong(2));
      }
    }
    return charges;
  }
}
