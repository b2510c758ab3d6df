package dev.tollgate.spend;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was used in a span of time: exactly what the ledger says, up to now.
 *
 * @param query what was asked
 * @param cost of everything in the span, and of what was presumed, taken back and corrected
 * @param calls attempts at a provider that were charged, and calls of tools, in the whole span
 * @param corrections what is in {@code cost} and is no call
 * @param groups a page of them, in the order of their names
 * @param nextCursor what asks for the next page; null at the end
 */
public record UsageReport(
    UsageQuery query,
    Money cost,
    long calls,
    List<Correction> corrections,
    List<Group> groups,
    @Nullable String nextCursor) {

  public UsageReport {
    corrections = List.copyOf(corrections);
    groups = List.copyOf(groups);
  }

  /**
   * Entries of the ledger that are no call, such as what a crash left presumed spent.
   *
   * @param cost negative for what was taken back
   */
  public record Correction(LedgerEntry.Kind kind, long entries, Money cost) {}

  /**
   * One group.
   *
   * @param name such as the model's; null: the calls that have none
   * @param provider beside a model its provider, beside a tool its connector; else null
   * @param series steps in which there were calls, in their order; empty when none was asked for
   */
  public record Group(
      @Nullable String name, @Nullable String provider, UsageFigures figures, List<Point> series) {

    public Group {
      series = List.copyOf(series);
    }
  }

  /**
   * A step of a series.
   *
   * @param at its first instant
   */
  public record Point(Instant at, UsageFigures figures) {}
}
