package dev.tollgate.litellm;

import dev.tollgate.litellm.Roster.Budget;
import dev.tollgate.litellm.Roster.Limits;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** Reads budgets and limits, which rows have themselves or in a row of budgets that they name. */
final class Terms {

  private static final BigDecimal MOST = new BigDecimal("1000000000");
  private static final String MAXIMUM = "max_budget";
  private static final String DURATION = "budget_duration";
  private static final String TABLE = "litellm_budget_table";

  private Terms() {}

  /** The budget of a row; null: it has none. */
  static @Nullable Budget budget(Source row) {
    Source table = row.object(TABLE);
    BigDecimal own = row.number(MAXIMUM);
    String duration = row.text(DURATION);
    BigDecimal maximum = own == null ? table.number(MAXIMUM) : own;
    String other = table.text(DURATION);
    return maximum == null
        ? null
        : budget(
            maximum,
            duration == null ? other : duration,
            row.at(MAXIMUM),
            row.at(DURATION),
            row.findings());
  }

  static Budget budget(
      BigDecimal dollars,
      @Nullable String duration,
      String path,
      String durationPath,
      Findings findings) {
    return new Budget(cents(dollars, path, findings), window(duration, durationPath, findings));
  }

  private static @Nullable Long cents(BigDecimal dollars, String path, Findings findings) {
    if (dollars.compareTo(MOST) > 0) {
      findings.note(path, "a budget of more than a billion dollars is none", "");
      return null;
    }
    BigDecimal cents = dollars.movePointRight(2);
    BigDecimal least = cents.signum() > 0 ? BigDecimal.ONE : BigDecimal.ZERO;
    BigDecimal whole = cents.setScale(0, RoundingMode.FLOOR).max(least);
    if (whole.compareTo(cents) != 0) {
      findings.note(path, "budgets are whole cents; it is rounded down, to one at least", "");
    }
    return whole.longValueExact();
  }

  /** When a budget begins anew; what has no window here waits for an administrator. */
  private static String window(@Nullable String duration, String path, Findings findings) {
    if (duration == null) {
      return "manual";
    }
    return switch (duration.strip()) {
      case "1d", "24h" -> "day";
      case "1w", "7d" -> "week";
      case "1mo", "28d", "30d", "31d" -> "month";
      default -> {
        findings.lost(
            path,
            "there are windows of a day, a week and a month, not of " + duration,
            "it begins anew by tollgate budget reset alone; or set another window");
        yield "manual";
      }
    };
  }

  static Limits limits(Source row) {
    Source table = row.object(TABLE);
    Long parallel = either(row, table, "max_parallel_requests");
    Limits limits =
        new Limits(either(row, table, "rpm_limit"), either(row, table, "tpm_limit"), parallel);
    if (parallel != null) {
      row.findings()
          .note(
              row.at("max_parallel_requests"),
              "it limits streams at a time; other calls are not counted",
              "");
    }
    table.restOfRow(TABLE);
    return limits;
  }

  private static @Nullable Long either(Source row, Source table, String field) {
    Long own = row.count(field);
    Long other = table.count(field);
    return own == null ? other : own;
  }
}
