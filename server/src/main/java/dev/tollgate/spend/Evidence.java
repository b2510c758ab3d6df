package dev.tollgate.spend;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What reports have shown of one class of bytes on one model: how many had at most so many tokens a
 * byte. Not thread-safe.
 *
 * <p>A factor is a quantile of these with a margin on top: both are stricter the fewer they are.
 * Only what the database has confirmed counts, so that all nodes count the same.
 */
final class Evidence {

  /** A factor needs so many reports; after each reset twice as many. */
  static final long ENOUGH = 256;

  private static final int MOST_DOUBLINGS = 8;

  /** One report in so many may lie beyond the quantile. */
  private static final long RARE = 1_000;

  private final LearnedClass of;
  private final long[] confirmed = new long[Factors.UNIT];
  private final long[] fresh = new long[Factors.UNIT];
  private boolean news;
  private long resets;
  private long resetsConfirmed;

  /** What was seen since the last time; {@code reports} by tokens a byte, in parts. */
  record Gleaned(LearnedClass of, long resets, List<Long> reports) {}

  Evidence(LearnedClass of) {
    this.of = of;
  }

  /** A report had {@code tokens} for {@code bytes} of this class and what came with them. */
  void observe(long tokens, long bytes) {
    long part = Math.clamp(Math.ceilDiv(tokens * Factors.UNIT, bytes), 1, Factors.UNIT);
    if (2 * part >= of.floor()) {
      fresh[(int) part - 1]++;
      news = true;
    }
  }

  /** The factor was too low: all that led to it is forgotten. */
  void reset() {
    resets++;
    forget();
  }

  private void forget() {
    Arrays.fill(confirmed, 0);
    Arrays.fill(fresh, 0);
    news = false;
  }

  /** Counts what was seen here at once, where there is no database. */
  void confirmFresh() {
    for (int i = 0; i < fresh.length; i++) {
      confirmed[i] += fresh[i];
      fresh[i] = 0;
    }
    news = false;
  }

  /** What the database does not have yet, which is then no longer fresh; null: it has all. */
  @Nullable Gleaned glean() {
    if (!news && resets == resetsConfirmed) {
      return null;
    }
    Gleaned gleaned = new Gleaned(of, resets, Arrays.stream(fresh).boxed().toList());
    Arrays.fill(fresh, 0);
    news = false;
    return gleaned;
  }

  /** Takes over what the database has; older than a reset here, it is out of date. */
  void confirm(long resetsThere, List<Long> reports) {
    resetsConfirmed = Math.max(resetsConfirmed, resetsThere);
    if (resetsThere > resets) {
      resets = resetsThere;
      forget();
    }
    if (resetsThere == resets) {
      Arrays.setAll(confirmed, reports::get);
    }
  }

  /** The factor, in parts of {@link Factors#UNIT}. */
  int part() {
    long reports = Arrays.stream(confirmed).sum();
    if (reports < ENOUGH << Math.min(resets, MOST_DOUBLINGS)) {
      return Factors.UNIT;
    }
    long part = Math.ceilDiv(quantile(reports) * margin(reports), 100);
    return Math.clamp(part, of.floor(), Factors.UNIT);
  }

  private int quantile(long reports) {
    long beyond = reports / RARE;
    int at = confirmed.length - 1;
    while (at > 0 && confirmed[at] <= beyond) {
      beyond -= confirmed[at];
      at--;
    }
    return at + 1;
  }

  /** In percent. */
  private static long margin(long reports) {
    if (reports < 4 * ENOUGH) {
      return 150;
    }
    return reports < 16 * ENOUGH ? 135 : 125;
  }
}
