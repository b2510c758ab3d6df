package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.Failure;
import dev.tollgate.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Windows by the calendar, as PostgreSQL counts them, against java.time: in every zone that both
 * know, at random and around each change of the clocks.
 */
class BudgetWindowsPropertiesIT {

  private static final long SEED = 20_261_123;

  /** Years whose rules were known long before either of the two zone tables was made. */
  private static final Instant FROM = Instant.parse("2000-01-01T00:00:00Z");

  private static final Instant TO = Instant.parse("2022-01-01T00:00:00Z");

  private static Connection connection;

  @BeforeAll
  static void connect() throws SQLException {
    connection = TestDatabase.connect(TestDatabase.freshPlainOwner());
  }

  @AfterAll
  static void disconnect() throws SQLException {
    connection.close();
  }

  @ParameterizedTest
  @EnumSource(value = BudgetWindow.Kind.class, mode = EnumSource.Mode.EXCLUDE, names = "MANUAL")
  void startsAndEndsAsJavaTimeDoes(BudgetWindow.Kind kind) throws SQLException {
    Random random = new Random(SEED);
    List<String> wrong = new ArrayList<>();
    for (String name : zones()) {
      ZoneId zone = ZoneId.of(name);
      List<Instant> instants = instants(zone, random);
      compare(kind, zone, instants, wrong);
    }
    assertThat(wrong).as("seed %d", SEED).isEmpty();
  }

  @Test
  void refusesZonesThatPostgresTakesForAbbreviations() {
    for (String name : List.of("CET", "WET", "EST", "Mars/Olympus", "")) {
      assertThatThrownBy(() -> BudgetWindow.zone(name, "timeZone"))
          .isInstanceOfSatisfying(
              Failure.class, failure -> assertThat(failure.field()).isEqualTo("timeZone"));
    }
    assertThat(BudgetWindow.zone("UTC", "timeZone")).isEqualTo(ZoneId.of("UTC"));
  }

  private static void compare(
      BudgetWindow.Kind kind, ZoneId zone, List<Instant> instants, List<String> wrong)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT tollgate.budget_window_start(?, ?, i), tollgate.budget_window_end(?, ?, i)"
                + " FROM unnest(?::timestamptz[]) WITH ORDINALITY AS u (i, n) ORDER BY n")) {
      statement.setString(1, kind.wire());
      statement.setString(2, zone.getId());
      statement.setString(3, kind.wire());
      statement.setString(4, zone.getId());
      statement.setArray(
          5,
          connection.createArrayOf(
              "text", instants.stream().map(Instant::toString).toArray(String[]::new)));
      try (ResultSet rows = statement.executeQuery()) {
        for (Instant instant : instants) {
          rows.next();
          Instant start = rows.getObject(1, OffsetDateTime.class).toInstant();
          Instant end = rows.getObject(2, OffsetDateTime.class).toInstant();
          LocalDate first = first(kind, instant.atZone(zone).toLocalDate());
          Instant expectedStart = first.atStartOfDay(zone).toInstant();
          Instant expectedEnd = midnightAfter(instant, next(kind, first), zone);
          if (!start.equals(expectedStart) || !end.equals(expectedEnd)) {
            wrong.add(
                "%s %s at %s: [%s, %s), should be [%s, %s)"
                    .formatted(kind, zone, instant, start, end, expectedStart, expectedEnd));
          }
        }
      }
    }
  }

  /** The first of the two that there may be. */
  private static Instant midnightAfter(Instant instant, LocalDate day, ZoneId zone) {
    Instant earlier = day.atStartOfDay(zone).toInstant();
    return earlier.isAfter(instant)
        ? earlier
        : day.atStartOfDay(zone).withLaterOffsetAtOverlap().toInstant();
  }

  private static LocalDate first(BudgetWindow.Kind kind, LocalDate day) {
    return switch (kind) {
      case MANUAL, DAY -> day;
      case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
      case MONTH -> day.withDayOfMonth(1);
    };
  }

  private static LocalDate next(BudgetWindow.Kind kind, LocalDate first) {
    return switch (kind) {
      case MANUAL, DAY -> first.plusDays(1);
      case WEEK -> first.plusWeeks(1);
      case MONTH -> first.plusMonths(1);
    };
  }

  private static List<Instant> instants(ZoneId zone, Random random) {
    List<Instant> instants = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      instants.add(
          Instant.ofEpochSecond(random.nextLong(FROM.getEpochSecond(), TO.getEpochSecond())));
    }
    ZoneOffsetTransition change = zone.getRules().nextTransition(FROM);
    while (change != null && change.getInstant().isBefore(TO)) {
      for (long hours : new long[] {-3, -1, 0, 1, 25}) {
        Instant near = change.getInstant().plusSeconds(hours * 3_600);
        instants.addAll(List.of(near.minusMillis(1), near.plusSeconds(1_800)));
      }
      change = zone.getRules().nextTransition(change.getInstant());
    }
    return instants;
  }

  /** Zones of both tables, of those that a budget may have. */
  private static Set<String> zones() throws SQLException {
    Set<String> names = new TreeSet<>();
    try (PreparedStatement statement =
            connection.prepareStatement("SELECT name FROM pg_timezone_names");
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    names.retainAll(ZoneId.getAvailableZoneIds());
    names.removeIf(name -> !name.contains("/") && !name.equals("UTC"));
    assertThat(names).contains("Europe/Berlin", "America/Havana", "Atlantic/Azores");
    return names;
  }
}
