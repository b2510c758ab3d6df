package dev.tollgate.spend;

import dev.tollgate.kernel.Cursor;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Page;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Reads of what was used, out of the sums and, where those do not reach, the ledger. Blocks. */
final class UsageQueries {

  private static final String LIST = "usage";

  /** Points of series that one answer has at most. */
  private static final int MOST_POINTS = 25_000;

  /** One statement, hence one snapshot for the total and the groups. */
  private static final String REPORT =
      """
      SELECT 'total' AS part, total.* FROM usage_report(
        CAST(:organization AS uuid), :from, :to, 'kind', 'value', NULL, NULL, 100) total
      UNION ALL
      SELECT 'group', groups.* FROM usage_report(
        CAST(:organization AS uuid), :from, :to, :dimension, :value, :bucket, :after, :most) groups
      LIMIT :rows
      """;

  private final Storage storage;

  UsageQueries(Storage storage) {
    this.storage = storage;
  }

  /**
   * Answers {@code query}.
   *
   * @param organization null: all of them together
   */
  UsageReport report(Access access, @Nullable UUID organization, UsageQuery query) {
    List<Row> rows =
        storage.transact(
            access,
            handle -> {
              // Before the snapshot is taken: no month may be retired under it.
              handle.execute("LOCK TABLE ledger IN ACCESS SHARE MODE");
              requireKept(handle, query);
              return rows(handle, organization, query);
            });
    if (rows.size() > MOST_POINTS) {
      throw Failure.invalid(
          "limit",
          "this would be more than "
              + MOST_POINTS
              + " points; ask for fewer groups or a shorter span");
    }
    return report(query, rows);
  }

  /** Of retired months days are left, and no hours. */
  private static void requireKept(Handle handle, UsageQuery query) {
    Instant retired =
        handle
            .createQuery(
                "SELECT greatest(retired_before, '1970-01-01T00:00Z') AS at FROM usage_state")
            .map((row, context) -> instant(row, "at"))
            .one();
    requireWholeDay("from", query.from(), retired);
    requireWholeDay("to", query.to(), retired);
    boolean begins = query.from() == null || query.from().isBefore(retired);
    boolean anyRetired = retired.isAfter(Instant.EPOCH);
    if (query.bucket() == UsageQuery.Series.HOUR && anyRetired && begins) {
      throw Failure.invalid("from", "hours are kept from " + retired + " on, before that days");
    }
  }

  private static void requireWholeDay(String field, @Nullable Instant at, Instant retired) {
    if (at != null && at.isBefore(retired) && !at.equals(at.truncatedTo(ChronoUnit.DAYS))) {
      throw Failure.invalid(
          field,
          field
              + " must be the beginning of a day (UTC): before "
              + retired
              + " only days are kept");
    }
  }

  private static List<Row> rows(Handle handle, @Nullable UUID organization, UsageQuery query) {
    UsageQuery.Series bucket = query.bucket();
    return handle
        .createQuery(REPORT)
        .bindByType("organization", organization, UUID.class)
        .bindByType("from", utc(query.from()), OffsetDateTime.class)
        .bindByType("to", utc(query.to()), OffsetDateTime.class)
        .bind("dimension", query.by().dimension())
        .bind("value", query.by().value())
        .bindByType("bucket", bucket == null ? null : bucket.wire(), String.class)
        .bindByType("after", after(query.cursor()), String[].class)
        .bind("most", query.limit() + 1)
        .bind("rows", MOST_POINTS + 1)
        .map((row, context) -> Row.of(row))
        .list();
  }

  private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }

  private static String @Nullable [] after(@Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    String position = Cursor.position(LIST, cursor);
    int end = position.lastIndexOf('\n');
    if (end < 0 || position.indexOf('\0') >= 0) {
      throw Failure.invalid("cursor", "the cursor is not one of this list");
    }
    return new String[] {position.substring(0, end), position.substring(end + 1)};
  }

  private static UsageReport report(UsageQuery query, List<Row> rows) {
    long calls = 0;
    Money cost = Money.ZERO;
    List<UsageReport.Correction> corrections = new ArrayList<>();
    Grouped grouped = new Grouped(query);
    for (Row row : rows) {
      if (!row.total()) {
        grouped.add(row);
        continue;
      }
      cost = cost.plus(row.figures().cost());
      LedgerEntry.Kind kind = LedgerEntry.Kind.valueOf(row.value().toUpperCase(Locale.ROOT));
      if (kind == LedgerEntry.Kind.CHARGE || kind == LedgerEntry.Kind.COUNT) {
        calls += row.figures().calls();
      } else {
        corrections.add(
            new UsageReport.Correction(kind, row.figures().calls(), row.figures().cost()));
      }
    }
    Page<UsageReport.Group> page = Page.of(grouped.groups(), query.limit(), UsageQueries::cursor);
    return new UsageReport(query, cost, calls, corrections, page.items(), page.nextCursor());
  }

  private static String cursor(UsageReport.Group group) {
    return Cursor.of(
        LIST,
        Objects.requireNonNullElse(group.name(), "")
            + '\n'
            + Objects.requireNonNullElse(group.provider(), ""));
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  /** A row of the report: of the total, or of one group at one step. */
  private record Row(
      boolean total, @Nullable Instant at, String value, String provider, UsageFigures figures) {

    static Row of(ResultSet row) throws SQLException {
      return new Row(
          row.getString("part").equals("total"),
          row.getObject("at") == null ? null : instant(row, "at"),
          row.getString("value"),
          row.getString("provider"),
          LedgerRows.figures(row));
    }
  }

  /** Puts the rows of a group, which follow each other, together. */
  private static final class Grouped {

    private final boolean series;
    private final boolean pairs;
    private final List<UsageReport.Group> groups = new ArrayList<>();
    private final List<UsageReport.Point> points = new ArrayList<>();
    private UsageFigures sum = UsageFigures.NONE;
    private @Nullable Row last;

    Grouped(UsageQuery query) {
      this.series = query.series() != null;
      this.pairs = query.by() == UsageGrouping.MODEL || query.by() == UsageGrouping.TOOL;
    }

    void add(Row row) {
      if (last != null && !(last.value.equals(row.value) && last.provider.equals(row.provider))) {
        end(last);
      }
      last = row;
      sum = sum.plus(row.figures);
      if (series) {
        points.add(new UsageReport.Point(Objects.requireNonNull(row.at), row.figures));
      }
    }

    private void end(Row of) {
      groups.add(
          new UsageReport.Group(
              of.value.isEmpty() ? null : of.value,
              pairs && !of.provider.isEmpty() ? of.provider : null,
              sum,
              points));
      points.clear();
      sum = UsageFigures.NONE;
    }

    List<UsageReport.Group> groups() {
      if (last != null) {
        end(last);
        last = null;
      }
      return groups;
    }
  }
}
