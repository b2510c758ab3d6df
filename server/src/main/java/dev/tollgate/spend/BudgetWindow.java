package dev.tollgate.spend;

import dev.tollgate.kernel.Failure;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How long money of a budget is counted together.
 *
 * @param zone whose calendar {@code kind} follows, daylight saving included; of no consequence for
 *     {@link Kind#MANUAL}
 */
public record BudgetWindow(Kind kind, ZoneId zone) {

  /** Ended by an administrator alone. */
  public static final BudgetWindow MANUAL = new BudgetWindow(Kind.MANUAL, ZoneId.of("UTC"));

  /** What ends a window. */
  public enum Kind {
    /** A reset by an administrator. */
    MANUAL,
    /** Midnight. */
    DAY,
    /** Midnight before a Monday (ISO 8601). */
    WEEK,
    /** Midnight before the first of a month. */
    MONTH;

    /** The name in the API and in the database. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The kind of this name.
     *
     * @throws Failure naming {@code field} when {@code text} is no kind of window
     */
    public static Kind of(String text, String field) {
      for (Kind kind : values()) {
        if (kind.wire().equals(text)) {
          return kind;
        }
      }
      throw Failure.invalid(
          field,
          field
              + " must be one of "
              + Arrays.stream(values()).map(Kind::wire).collect(Collectors.joining(", ")));
    }
  }

  /**
   * The time zone of this name. Those of one word, such as CET, are refused but for UTC: to
   * PostgreSQL they are abbreviations, which know no daylight saving.
   *
   * @throws Failure naming {@code field} when {@code text} is no time zone of the IANA's
   */
  public static ZoneId zone(String text, String field) {
    try {
      if ((text.equals("UTC") || text.contains("/"))
          && ZoneId.getAvailableZoneIds().contains(text)) {
        return ZoneId.of(text);
      }
    } catch (DateTimeException e) {
      throw unknown(text, field);
    }
    throw unknown(text, field);
  }

  private static Failure unknown(String text, String field) {
    return Failure.invalid(
        field, field + " must be a time zone such as Europe/Berlin or UTC, not \"" + text + '"');
  }
}
