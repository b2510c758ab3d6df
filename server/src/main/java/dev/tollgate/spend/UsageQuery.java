package dev.tollgate.spend;

import dev.tollgate.kernel.Failure;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A question about usage.
 *
 * @param from the first instant that counts; null: from the beginning
 * @param to the first instant that does not; null: up to now
 * @param series how each group is told over time; null: only its sum
 * @param limit how many groups a page has, at most 1,000
 * @param cursor of the page before; null: the first page
 */
public record UsageQuery(
    @Nullable Instant from,
    @Nullable Instant to,
    UsageGrouping by,
    @Nullable Series series,
    int limit,
    @Nullable String cursor) {

  private static final int MOST = 1_000;

  /** How long the steps of a series are; those of UTC. */
  public enum Series {
    HOUR,
    DAY;

    /** The name on the wire. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public UsageQuery {
    if (limit < 1 || limit > MOST) {
      throw Failure.invalid("limit", "limit must be from 1 to " + MOST + ", is " + limit);
    }
    if (from != null && to != null && to.isBefore(from)) {
      throw Failure.invalid("to", "to must not lie before from");
    }
    if (series != null && by.byTime()) {
      throw Failure.invalid("series", "groupBy=" + by.wire() + " is a series already");
    }
  }

  /** All of a span, by model. */
  public static UsageQuery byModel(@Nullable Instant from, @Nullable Instant to) {
    return new UsageQuery(from, to, UsageGrouping.MODEL, null, MOST, null);
  }

  /** The step that entries are sorted into; null: none. */
  @Nullable Series bucket() {
    return switch (by) {
      case HOUR -> Series.HOUR;
      case DAY -> Series.DAY;
      case MODEL, PROVIDER, TOOL, CONNECTOR, CATEGORY, KEY, PROJECT, USER, STATUS, ORGANIZATION ->
          series;
    };
  }
}
