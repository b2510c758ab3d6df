package dev.tollgate.spend;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads {@code budget_reading}s out of results. Thread-safe. */
final class Readings {

  private final Cache<String, Ladder> ladders = Caffeine.newBuilder().maximumSize(1_000).build();

  /**
   * The reading in a row.
   *
   * @param before the monotonic reading before PostgreSQL was asked
   * @return null where there is no such budget any more
   */
  @Nullable Reading read(ResultSet row, long before) throws SQLException {
    UUID budget = row.getObject("budget_id", UUID.class);
    if (budget == null) {
      return null;
    }
    BudgetWindow.Kind kind = BudgetWindow.Kind.of(row.getString("window_kind"), "window_kind");
    Instant ends = instant(row, "window_ends_at");
    Instant read = instant(row, "read_at");
    return new Reading(
        budget,
        row.getLong("window_id"),
        label(kind, row.getString("scope"), row.getString("label")),
        terms(row, kind),
        row.getLong("granted_nanos"),
        row.getLong("settled_elsewhere"),
        row.getLong("presumed_lately"),
        ends,
        ends == null || read == null ? before : before + until(read, ends),
        before);
  }

  /** At most a year: the sum with a monotonic reading must not wrap. */
  private static long until(Instant read, Instant ends) {
    Duration left = Duration.between(read, ends);
    return Math.clamp(left.toMillis(), 0, Duration.ofDays(366).toMillis()) * 1_000_000;
  }

  private BudgetTerms terms(ResultSet row, BudgetWindow.Kind kind) throws SQLException {
    long limit = row.getLong("limit_nanos");
    Money money = row.wasNull() ? null : new Money(limit);
    return new BudgetTerms(
        money,
        ladders.get(row.getString("ladder"), text -> Ladder.parse(text, "ladder")),
        Estimation.valueOf(row.getString("estimation").toUpperCase(Locale.ROOT)),
        row.getBoolean("cap_allowed"),
        new BudgetWindow(kind, ZoneOffset.UTC));
  }

  /** What a budget is called in a message, such as {@code the daily budget of key "ci"}. */
  static String label(BudgetWindow.Kind kind, String scope, String subject) {
    String adjective =
        switch (kind) {
          case DAY -> "daily";
          case WEEK -> "weekly";
          case MANUAL, MONTH -> "monthly";
        };
    return "the " + adjective + " budget of " + scope + " \"" + subject + '"';
  }

  static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
