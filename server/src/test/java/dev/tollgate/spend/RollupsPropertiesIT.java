package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.Clock;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is written late, by transactions that commit in any order or never, while several nodes
 * roll up and crash: what usage says is what was committed, at every moment.
 */
class RollupsPropertiesIT {

  private static final int STEPS = 400;
  private static final int WRITERS = 4;
  private static final int ROLLERS = 3;

  private final StorageConfig database = TestDatabase.freshPlainOwner();
  private final Instant now = Instant.now();
  private final Instant begin = now.minus(Duration.ofDays(70));
  private final List<UUID> organizations =
      IntStream.range(0, 3).mapToObj(i -> new UUID(7, i)).toList();

  private Storage storage;
  private final List<LedgerDraft> committed = new ArrayList<>();

  @BeforeEach
  void open() {
    storage = Storage.open(database);
    Partitions partitions = new Partitions(storage);
    partitions.ensure(
        IntStream.rangeClosed(0, 11).mapToObj(i -> begin.plus(Duration.ofDays(7L * i))).toList());
  }

  @AfterEach
  void close() {
    storage.close();
  }

  /** A connection of a node, with a transaction under way or not. */
  private final class Session implements AutoCloseable {
    private Connection connection;
    private List<LedgerDraft> written = new ArrayList<>();
    private boolean open;

    Session() throws SQLException {
      connection = connect();
    }

    private Connection connect() throws SQLException {
      Connection fresh = TestDatabase.connect(database);
      fresh.setAutoCommit(false);
      return fresh;
    }

    private void run(String sql) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET LOCAL ROLE tollgate_spend");
        statement.execute("SET LOCAL search_path TO tollgate, pg_temp");
        statement.execute(sql);
      }
      open = true;
    }

    void write(Random random) throws SQLException {
      run("SELECT 1");
      for (int i = random.nextInt(6); i >= 0; i--) {
        LedgerDraft draft = LedgerDraft.random(random, organizations, begin, now);
        draft.insert(connection);
        written.add(draft);
      }
    }

    void roll(Random random) throws SQLException {
      run(
          random.nextInt(4) == 0
              ? "SELECT usage_fold()"
              : "SELECT usage_roll(" + (1 + random.nextInt(12)) + ")");
    }

    /** Commits, aborts, or dies. */
    void end(Random random) throws SQLException {
      switch (random.nextInt(6)) {
        case 0 -> connection.rollback();
        case 1 -> {
          connection.close();
          connection = connect();
        }
        default -> {
          connection.commit();
          committed.addAll(written);
        }
      }
      written = new ArrayList<>();
      open = false;
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void usageIsWhatWasCommittedWhateverTheOrder(long seed) throws SQLException {
    Random random = new Random(seed);
    List<Session> sessions = new ArrayList<>();
    for (int i = 0; i < WRITERS + ROLLERS; i++) {
      sessions.add(new Session());
    }
    for (int step = 0; step < STEPS; step++) {
      int which = random.nextInt(sessions.size());
      Session session = sessions.get(which);
      if (session.open && random.nextInt(3) == 0) {
        session.end(random);
      } else if (which < WRITERS) {
        session.write(random);
      } else {
        session.roll(random);
      }
      if (step % 5 == 0) {
        check(random, "seed " + seed + ", step " + step);
      }
    }
    for (Session session : sessions) {
      session.close();
    }
    check(random, "seed " + seed + ", at the end");
    Rollups rollups = new Rollups(storage, Clock.system());
    while (behind()) {
      rollups.once(10);
      check(random, "seed " + seed + ", catching up");
    }
    check(random, "seed " + seed + ", caught up");
    while (rollups.fold()) {
      check(random, "seed " + seed + ", folding");
    }
    check(random, "seed " + seed + ", folded");
    assertThat(sums("hour")).isEqualTo(calls(Instant.MAX));
    assertThat(sums("day")).isEqualTo(calls(Instant.MAX));
    Instant monday =
        Instant.now()
            .atZone(ZoneOffset.UTC)
            .truncatedTo(ChronoUnit.DAYS)
            .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
            .toInstant();
    assertThat(sums("week")).isEqualTo(calls(monday));
  }

  private long calls(Instant before) {
    return committed.stream()
        .filter(each -> each.heldAt().isBefore(before))
        .mapToLong(LedgerDraft::calls)
        .sum();
  }

  /** A transaction of any other database of the server delays the sums. */
  private boolean behind() {
    return storage.transact(
        Access.spend(),
        handle ->
            handle
                .createQuery(
                    "SELECT EXISTS (SELECT FROM ledger WHERE mark >="
                        + " (SELECT below FROM usage_state))")
                .mapTo(Boolean.class)
                .one());
  }

  /** Entries in the sums by {@code span} alone. */
  private long sums(String span) {
    return storage.transact(
        Access.admin(),
        handle ->
            handle
                .createQuery(
                    "SELECT coalesce(sum(entries), 0)::bigint FROM usage_sums"
                        + " WHERE dimension = 'kind' AND span = :span AND organization_id <>"
                        + " '00000000-0000-0000-0000-000000000000'")
                .bind("span", span)
                .mapTo(Long.class)
                .one());
  }

  private void check(Random random, String where) {
    UsageGrouping by = any(random, UsageGrouping.values());
    UUID one = random.nextBoolean() ? organizations.get(random.nextInt(3)) : null;
    Instant from = random.nextInt(3) == 0 ? null : edge(random);
    Instant to = random.nextInt(3) == 0 ? null : edge(random);
    if (from != null && to != null && to.isBefore(from)) {
      Instant earlier = to;
      to = from;
      from = earlier;
    }
    UsageQuery.Series series =
        by.byTime() || random.nextBoolean() ? null : any(random, UsageQuery.Series.values());
    UsageQuery query = new UsageQuery(from, to, by, series, 1_000, null);
    UsageReport report =
        new UsageQueries(storage)
            .report(one == null ? Access.admin() : Access.tenant(one), one, query);
    List<LedgerDraft> expected =
        committed.stream()
            .filter(each -> one == null || each.organization().equals(one))
            .filter(each -> inside(each.heldAt(), query))
            .toList();
    assertThat(report.cost().nanos())
        .as("%s: cost of %s", where, query)
        .isEqualTo(expected.stream().mapToLong(LedgerDraft::nanos).sum());
    List<LedgerDraft> charges = expected.stream().filter(LedgerDraft::called).toList();
    if (!by.byTime() || charges.stream().map(each -> each.group(by)).distinct().count() <= 1_000) {
      assertThat(told(report, by)).as("%s: %s", where, query).isEqualTo(groups(charges, by));
    }
    if (series != null) {
      assertThat(report.groups())
          .allSatisfy(group ->
              assertThat(group.series().stream().mapToLong(point -> point.figures().calls()).sum())
                  .isEqualTo(group.figures().calls()));
    }
  }

  private static <T> T any(Random random, T[] of) {
    return List.of(of).get(random.nextInt(of.length));
  }

  /** Any instant; now and then one that begins an hour or a day. */
  private Instant edge(Random random) {
    Instant any = begin.plusSeconds(random.nextLong(71 * 86_400L));
    return switch (random.nextInt(3)) {
      case 0 -> any;
      case 1 -> any.truncatedTo(ChronoUnit.HOURS);
      default -> any.truncatedTo(ChronoUnit.DAYS);
    };
  }

  private static boolean inside(Instant at, UsageQuery query) {
    return (query.from() == null || !at.isBefore(query.from()))
        && (query.to() == null || at.isBefore(query.to()));
  }

  private static Map<String, String> groups(List<LedgerDraft> charges, UsageGrouping by) {
    return charges.stream()
        .collect(
            Collectors.groupingBy(
                each -> each.group(by),
                TreeMap::new,
                Collectors.collectingAndThen(Collectors.toList(), RollupsPropertiesIT::figures)));
  }

  private static String figures(List<LedgerDraft> charges) {
    return "%d calls, %d unpriced, %d errors, %d nanos, %d tokens"
        .formatted(
            charges.stream().mapToLong(LedgerDraft::calls).sum(),
            charges.stream().filter(each -> each.cost() == null).count(),
            charges.stream()
                .filter(each -> each.status().equals("error"))
                .mapToLong(LedgerDraft::calls)
                .sum(),
            charges.stream().mapToLong(LedgerDraft::nanos).sum(),
            charges.stream().mapToLong(LedgerDraft::output).sum());
  }

  private static Map<String, String> told(UsageReport report, UsageGrouping by) {
    Map<String, String> told = new TreeMap<>();
    for (UsageReport.Group group : report.groups()) {
      String provider = group.provider() == null ? "" : group.provider();
      String name = group.name() == null ? "" : group.name();
      UsageFigures figures = group.figures();
      told.put(
          by == UsageGrouping.MODEL || by == UsageGrouping.TOOL ? name + "/" + provider : name,
          "%d calls, %d unpriced, %d errors, %d nanos, %d tokens"
              .formatted(
                  figures.calls(),
                  figures.unpriced(),
                  figures.errors(),
                  figures.cost().nanos(),
                  figures.tokens().output()));
    }
    return told;
  }
}
