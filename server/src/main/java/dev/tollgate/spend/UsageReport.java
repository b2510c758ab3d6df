package dev.tollgate.spend;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an organization used in a span of time, by the model that served.
 *
 * @param from the first instant that counts; null: from the beginning
 * @param to the first instant that does not; null: up to now
 * @param cost of all models, and of what was presumed and taken back
 * @param models in the order of their names
 */
public record UsageReport(
    @Nullable Instant from, @Nullable Instant to, Money cost, long calls, List<Model> models) {

  /**
   * One model.
   *
   * @param calls attempts at a provider that were charged
   * @param unpriced how many of them had no price
   * @param usage the sums of its classes of tokens
   */
  public record Model(
      String model, String provider, long calls, long unpriced, Money cost, Usage usage) {}
}
