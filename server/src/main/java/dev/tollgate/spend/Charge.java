package dev.tollgate.spend;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is charged for a call that was cut before its provider's final report: upstream lost, client
 * gone.
 *
 * @param cost the charge
 * @param usage the classes of tokens charged; null: the hold was charged, and no classes are known
 */
public record Charge(Money cost, @Nullable Usage usage) {

  /**
   * Input as reported, else its bound; output by the bytes delivered, never beyond the maximum;
   * searches as many as were allowed; where reasoning is billed that is not delivered, the whole
   * hold.
   *
   * @param shape the request as it was sent
   * @param held what was held for it, with the maximum that was sent
   * @param reported what the provider reported before the cut; null: nothing
   * @param deliveredBytes bytes of the answer that were text, over all choices
   */
  public static Charge withoutReport(
      ModelEntry model,
      CallShape shape,
      Estimate.Bounded held,
      @Nullable Usage reported,
      long deliveredBytes,
      Instant at) {
    if (model.free()) {
      return new Charge(Money.ZERO, reported);
    }
    if (hidden(model, shape)) {
      return new Charge(held.bound(), null);
    }
    long output = output(model, shape, held, deliveredBytes);
    // What a stream reports before its end is of its last step alone.
    if (reported == null || Estimator.mayCompact(model, shape)) {
      Money cost = held.input().plus(outputCost(held, shape, output));
      return new Charge(least(cost, held.bound()), null);
    }
    Usage usage = bounded(reported, shape, output);
    Money cost = Pricing.cost(model, usage, at);
    return cost == null ? new Charge(held.bound(), null) : new Charge(cost, usage);
  }

  private static Usage bounded(Usage reported, CallShape shape, long output) {
    long searches = reported.webSearches();
    for (Map.Entry<String, Integer> tool : shape.terms().hostedTools().entrySet()) {
      if (ModelNames.withoutToolVersion(tool.getKey()).equals("web_search")) {
        searches = Math.max(searches, tool.getValue());
      }
    }
    return reported.withBounds(Math.max(output, reported.output()), searches);
  }

  private static long output(
      ModelEntry model, CallShape shape, Estimate.Bounded held, long deliveredBytes) {
    BigDecimal perByte = model.capabilities().limits().tokensPerByte();
    long tokens =
        perByte
            .multiply(BigDecimal.valueOf(Math.max(0, deliveredBytes)))
            .setScale(0, RoundingMode.CEILING)
            .longValueExact();
    return Math.min(tokens, held.maxOutput() * Estimator.choices(shape));
  }

  private static Money outputCost(Estimate.Bounded held, CallShape shape, long output) {
    return Pricing.roundUp(
        held.nanosPerOutput()
            .multiply(BigDecimal.valueOf(output))
            .divide(BigDecimal.valueOf(Estimator.choices(shape)), 9, RoundingMode.CEILING));
  }

  private static boolean hidden(ModelEntry model, CallShape shape) {
    Capabilities.Reasoning reasoning = model.capabilities().reasoning();
    return switch (reasoning.hidden()) {
      case NEVER -> false;
      case ALWAYS -> true;
      case THINKING ->
          switch (shape.output().thinking()) {
            case CallShape.Thinking.Unsaid _ -> reasoning.unasked();
            case CallShape.Thinking.Disabled _ ->
                !reasoning.forms().contains(Capabilities.Form.DISABLED);
            case CallShape.Thinking.Adaptive _,
                CallShape.Thinking.BetweenTools _,
                CallShape.Thinking.Enabled _ ->
                true;
          };
    };
  }

  private static Money least(Money one, Money other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}
