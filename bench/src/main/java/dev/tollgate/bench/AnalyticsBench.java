package dev.tollgate.bench;

import dev.tollgate.bootstrap.EmbeddedPostgres;
import dev.tollgate.bootstrap.PostgresAddress;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Ids;
import dev.tollgate.spend.BudgetTerms;
import dev.tollgate.spend.Estimation;
import dev.tollgate.spend.Ladder;
import dev.tollgate.spend.Spend;
import dev.tollgate.spend.SpendConfig;
import dev.tollgate.spend.UsageGrouping;
import dev.tollgate.spend.UsageQuery;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.OrganizationDraft;
import dev.tollgate.tenancy.Tenancy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How long questions about usage take over a ledger of millions of entries: through {@link Spend},
 * warm, with a part of the ledger that is not summed yet.
 *
 * <p>Arguments: entries (10,000,000), rounds of each question (60), entries not summed (5,000), a
 * directory that keeps the database for another run (a temporary one).
 */
final class AnalyticsBench {

  private static final Caller.Administrator ADMIN =
      new Caller.Administrator(new UUID(0, 1), "bench");

  private final int rounds;
  private final Spend spend;
  private final List<OrgScope> organizations;
  private final Instant now = Instant.now();
  private final PrintStream out = System.out;

  private final Target backends;

  private AnalyticsBench(int rounds, Spend spend, List<OrgScope> organizations, Target backends) {
    this.rounds = rounds;
    this.spend = spend;
    this.backends = backends;
    this.organizations = organizations;
  }

  static void main(String[] arguments) throws SQLException, IOException {
    long entries = arguments.length > 0 ? Long.parseLong(arguments[0]) : 10_000_000;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 60;
    int fresh = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5_000;
    Path home =
        arguments.length > 3 ? Path.of(arguments[3]) : Files.createTempDirectory("tollgate-bench-");
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home)) {
      StorageConfig config = config(server);
      Storage.migrate(config);
      try (Storage storage = Storage.open(config);
          Connection generator = superuser(server)) {
        Ledger ledger = new Ledger(generator);
        Tenancy tenancy = Tenancy.open(storage, null, Clock.system());
        List<UUID> ids = ledger.organizations();
        if (ids.isEmpty()) {
          ids = organizations(tenancy);
        }
        try (Spend spend = spend(storage, Files.createTempDirectory("tollgate-journal-"))) {
          ledger.fill(entries, System.out);
          ledger.awaitSums(System.out);
          List<OrgScope> scopes = ids.stream().map(id -> tenancy.scopeFor(ADMIN, id)).toList();
          try (Connection holdUp = superuser(server)) {
            ledger.addFresh(fresh, holdUp);
            new AnalyticsBench(rounds, spend, scopes, ledger.backends()).run();
          }
        }
      }
    }
  }

  private static List<UUID> organizations(Tenancy tenancy) {
    List<UUID> ids = new ArrayList<>();
    BudgetTerms terms = new BudgetTerms(null, Ladder.OFF, Estimation.CAPPED, true);
    for (int i = 0; i < Ledger.ORGANIZATIONS; i++) {
      ids.add(
          tenancy
              .createOrganization(
                  ADMIN,
                  new OrganizationDraft("organization " + i, null),
                  (handle, made) -> Spend.openBudget(handle, made.id(), terms))
              .id());
    }
    return ids;
  }

  private static Spend spend(Storage storage, Path journal) {
    return Spend.open(
        SpendConfig.DEFAULT,
        storage,
        Clock.system(),
        new SimpleMeterRegistry(),
        Ids.next(),
        "127.0.0.1:0",
        journal,
        null);
  }

  private static StorageConfig config(EmbeddedPostgres server) {
    PostgresAddress owner = server.owner();
    return new StorageConfig(
        "jdbc:postgresql://127.0.0.1:" + server.port() + "/tollgate",
        owner.user(),
        owner.password(),
        8,
        Duration.ofSeconds(60));
  }

  private static Connection superuser(EmbeddedPostgres server) throws SQLException {
    PostgresAddress superuser = server.superuser();
    return java.sql.DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + server.port() + "/tollgate",
        superuser.user(),
        superuser.password().reveal());
  }

  /** What one question is asked with; each round another organization. */
  private interface Question {
    void ask(OrgScope scope);
  }

  private void run() {
    Instant today = now.truncatedTo(ChronoUnit.DAYS);
    Instant quarter = today.minus(Duration.ofDays(89));
    Instant month = today.minus(Duration.ofDays(30));
    Instant week = today.minus(Duration.ofDays(7));
    Instant odd = now.minus(Duration.ofDays(60)).truncatedTo(ChronoUnit.HOURS).plusSeconds(1_234);
    Instant oddEnd = odd.plus(Duration.ofDays(40)).plusSeconds(77);
    Map<String, Question> questions = new LinkedHashMap<>();
    questions.put("one, all time, by model", one(null, null, UsageGrouping.MODEL, null));
    for (UsageGrouping by :
        List.of(
            UsageGrouping.CATEGORY,
            UsageGrouping.KEY,
            UsageGrouping.PROJECT,
            UsageGrouping.USER,
            UsageGrouping.DAY)) {
      questions.put("one, 90 days, by " + by.wire(), one(quarter, null, by, null));
    }
    questions.put("one, 30 days, by hour", one(month, null, UsageGrouping.HOUR, null));
    questions.put(
        "one, 90 days, by model, series of days",
        one(quarter, null, UsageGrouping.MODEL, UsageQuery.Series.DAY));
    questions.put(
        "one, 90 days, by key, series of days",
        one(quarter, null, UsageGrouping.KEY, UsageQuery.Series.DAY));
    questions.put(
        "one, 7 days, by model, series of hours",
        one(week, null, UsageGrouping.MODEL, UsageQuery.Series.HOUR));
    questions.put(
        "one, 40 odd days between odd seconds, by key", one(odd, oddEnd, UsageGrouping.KEY, null));
    for (UsageGrouping by :
        List.of(
            UsageGrouping.MODEL,
            UsageGrouping.CATEGORY,
            UsageGrouping.KEY,
            UsageGrouping.PROJECT,
            UsageGrouping.USER,
            UsageGrouping.ORGANIZATION,
            UsageGrouping.DAY)) {
      questions.put("all, 90 days, by " + by.wire(), all(quarter, by));
    }
    questions.put(
        "one, a page of 100 entries", scope -> spend.ledger(scope, null, null, 100, null));
    out.printf("%-48s %8s %8s %8s%n", "question", "p50 ms", "p95 ms", "CPU ms");
    questions.forEach(this::measure);
  }

  private Question one(
      @Nullable Instant from,
      @Nullable Instant to,
      UsageGrouping by,
      UsageQuery.@Nullable Series series) {
    return scope -> spend.usage(scope, new UsageQuery(from, to, by, series, 100, null));
  }

  private Question all(Instant from, UsageGrouping by) {
    return scope -> spend.usage(ADMIN, new UsageQuery(from, null, by, null, 100, null));
  }

  private void measure(String name, Question question) {
    for (int i = 0; i < 10; i++) {
      question.ask(organizations.get(i % organizations.size()));
    }
    long[] nanos = new long[rounds];
    long processor = backends.cpuMillis();
    for (int i = 0; i < rounds; i++) {
      long before = System.nanoTime();
      question.ask(organizations.get(i % organizations.size()));
      nanos[i] = System.nanoTime() - before;
    }
    processor = backends.cpuMillis() - processor;
    Arrays.sort(nanos);
    out.printf(
        "%-48s %8.1f %8.1f %8.1f%n",
        name,
        nanos[rounds / 2] / 1e6,
        nanos[Math.min(rounds - 1, rounds * 95 / 100)] / 1e6,
        processor / (double) rounds);
  }

  /** Entries made by the server itself, as a superuser, a day a transaction. */
  private static final class Ledger {

    static final int ORGANIZATIONS = 20;
    private static final int DAYS = 90;

    /** Twenty organizations of unequal size, each with 25 keys, 40 users, 6 projects. */
    private static final String FILL =
        """
        INSERT INTO tollgate.ledger (held_at, call_id, attempt, kind, organization_id, key_id,
          user_id, project, request_id, category, model_asked, model_served, ladder_step, dialect,
          provider, credential, provider_request_id, raw_usage, input_tokens, cache_read_tokens,
          cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens,
          input_audio_tokens, output_audio_tokens, web_searches, service_tier, price_version,
          held_nanos, cost_nanos, status, total_micros, first_byte_micros, upstream_micros, budgets,
          windows)
        SELECT at, encode(int8send((extract(epoch FROM at) * 1000)::bigint << 16 | 28672)
            || int8send(i | (-9223372036854775808)), 'hex')::uuid, 1, 'charge', org,
          md5(org::text || 'key' || (r2 * r2 * 25)::int)::uuid,
          md5(org::text || 'user' || (r3 * r3 * 40)::int)::uuid,
          CASE WHEN r4 < 0.8 THEN 'project-' || (r4 * 7)::int END, 'req-' || i,
          (ARRAY['ultrabrain', 'visual', 'writing', 'artistry', 'quick', NULL])[1 + (r5 * 5.99)::int %% 6],
          (ARRAY['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'gpt-4o',
            'gpt-4o-mini'])[1 + (r1 * 4.99)::int %% 5],
          (ARRAY['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'gpt-4o',
            'gpt-4o-mini'])[1 + (r1 * 4.99)::int %% 5],
          CASE WHEN r5 < 0.05 THEN 'premium_threshold' END, 'anthropic',
          CASE WHEN r1 < 0.6 THEN 'anthropic' ELSE 'openai' END, 'ab12cd34', 'msg_' || i,
          '{"input_tokens":' || (r2 * 4000)::int || ',"output_tokens":' || (r3 * 900)::int || '}',
          (r2 * 4000)::int, (r4 * 9000)::int, 0, 0, (r3 * 900)::int, 0, 0, 0, 0, 'standard', '1',
          90000000, (r2 * 12000000 + r3 * 13500000)::bigint,
          CASE WHEN r4 < 0.97 THEN 'ok' WHEN r4 < 0.99 THEN 'error' ELSE 'disconnected' END,
          (r3 * 9000000)::bigint, (r5 * 900000)::bigint, (r3 * 8900000)::bigint,
          ARRAY[(orgs.budgets)[place]], ARRAY[1::bigint]
        FROM (SELECT array_agg(o.id ORDER BY o.id) AS ids, array_agg(b.id ORDER BY o.id) AS budgets
              FROM tollgate.organizations o JOIN tollgate.budgets b ON b.organization_id = o.id) orgs,
          (SELECT i, random() AS r0, random() AS r1, random() AS r2, random() AS r3, random() AS r4,
             random() AS r5,
             timestamptz '%1$s' + i * (interval '1 second' * %2$s / %3$s) AS exact
           FROM generate_series(0, %3$s - 1) i) drawn,
          LATERAL (SELECT date_trunc('milliseconds', exact) AS at,
             1 + (r0 * r0 * %4$s)::int %% %4$s AS place) placed,
          LATERAL (SELECT (orgs.ids)[place] AS org) chosen
        """;

    private final Connection connection;

    Ledger(Connection connection) {
      this.connection = connection;
    }

    List<UUID> organizations() throws SQLException {
      List<UUID> ids = new ArrayList<>();
      try (Statement statement = connection.createStatement();
          var rows = statement.executeQuery("SELECT id FROM tollgate.organizations ORDER BY id")) {
        while (rows.next()) {
          ids.add(rows.getObject(1, UUID.class));
        }
      }
      return ids;
    }

    /** Fills an empty ledger; one that is filled stays as it is. */
    void fill(long entries, PrintStream out) throws SQLException {
      if (number("SELECT count(*) FROM (SELECT FROM tollgate.ledger LIMIT 1) any_of_it") > 0) {
        return;
      }
      long before = System.nanoTime();
      Instant today = Instant.now().truncatedTo(ChronoUnit.DAYS);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET timezone TO 'UTC'; SET synchronous_commit TO off");
        for (int day = DAYS - 1; day >= 0; day--) {
          Instant begin = today.minus(Duration.ofDays(day));
          statement.execute(
              "SELECT tollgate.ledger_partition('" + begin.toString().substring(0, 10) + "')");
          long span =
              day > 0 ? 86_400 : Math.max(60, Duration.between(today, Instant.now()).toSeconds());
          statement.execute(FILL.formatted(begin, span, entries / DAYS, ORGANIZATIONS));
        }
      }
      out.printf("%d entries in %.0f s%n", entries, (System.nanoTime() - before) / 1e9);
    }

    /** Waits until the node has summed everything, and the weeks that are over. */
    void awaitSums(PrintStream out) throws SQLException {
      long before = System.nanoTime();
      String behind =
          "SELECT count(*) FROM tollgate.usage_state"
              + " WHERE weeks_before < date_trunc('week', now(), 'UTC')"
              + " OR EXISTS (SELECT FROM tollgate.ledger WHERE mark >= below)";
      while (number(behind) > 0) {
        java.util.concurrent.locks.LockSupport.parkNanos(500_000_000);
      }
      try (Statement statement = connection.createStatement()) {
        statement.execute("VACUUM ANALYZE tollgate.ledger, tollgate.usage_sums");
      }
      out.printf(
          "summed %.0f s later; %d sums, %d MB of sums, %d MB of ledger%n",
          (System.nanoTime() - before) / 1e9,
          number("SELECT count(*) FROM tollgate.usage_sums"),
          number(
              "SELECT sum(pg_total_relation_size(inhrelid))::bigint >> 20 FROM pg_inherits"
                  + " WHERE inhparent = 'tollgate.usage_sums'::regclass"),
          number(
              "SELECT sum(pg_total_relation_size(inhrelid))::bigint >> 20 FROM pg_inherits"
                  + " WHERE inhparent = 'tollgate.ledger'::regclass"));
    }

    /** Adds entries, and keeps them from being summed by an older transaction that goes on. */
    void addFresh(int entries, Connection holdUp) throws SQLException {
      holdUp.setAutoCommit(false);
      try (Statement old = holdUp.createStatement();
          Statement statement = connection.createStatement()) {
        old.execute("SELECT pg_current_xact_id()");
        statement.execute(
            FILL.formatted(
                Instant.now().minus(Duration.ofMinutes(1)).truncatedTo(ChronoUnit.MILLIS),
                50,
                entries,
                ORGANIZATIONS));
      }
    }

    /** The server's processes that answer the node. */
    Target backends() throws SQLException {
      List<Long> processes = new ArrayList<>();
      try (Statement statement = connection.createStatement();
          var rows =
              statement.executeQuery(
                  "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")) {
        while (rows.next()) {
          processes.add(rows.getLong(1));
        }
      }
      return new Target("PostgreSQL", 0, processes);
    }

    private long number(String question) throws SQLException {
      try (Statement statement = connection.createStatement();
          var row = statement.executeQuery(question)) {
        row.next();
        return row.getLong(1);
      }
    }
  }
}
