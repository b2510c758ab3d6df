package dev.tollgate.models;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a call finds its model, and what becomes of it when a provider fails before the answer began.
 *
 * @param fallbacks by what was asked for (a model, an alias, a category) or its tier: what is tried
 *     after it, in order; a target is a model, an alias, or {@code provider/model}
 * @param retries how often all of them are tried again
 * @param retryBudget how long a call waits for retries in all; a longer {@code retry-after} is
 *     passed on to the caller
 * @param backoff the mean of the first wait before a retry; each further one is twice as long
 * @param auto how the model {@code auto} is decided on
 * @param breaker when nothing more is sent to a provider with a key
 */
public record RoutingConfig(
    Map<String, List<String>> fallbacks,
    int retries,
    Duration retryBudget,
    Duration backoff,
    AutoConfig auto,
    Breaker breaker) {

  /**
   * When nothing more is sent to a provider with a key: where so many of its last calls failed.
   *
   * @param failurePercent of the last {@code calls}; above 100: never
   * @param leastCalls that tell anything at all
   * @param open how long nothing is sent; then two calls try
   */
  public record Breaker(int failurePercent, int calls, int leastCalls, Duration open) {

    public static final Breaker DEFAULT = new Breaker(50, 20, 5, Duration.ofSeconds(10));

    /** The same, but that nothing ever opens. */
    public static final Breaker NEVER = new Breaker(101, 1, 1, Duration.ofSeconds(10));

    boolean never() {
      return failurePercent > 100;
    }
  }

  /** Every failure is passed on. */
  public static final RoutingConfig DEFAULT =
      new RoutingConfig(
          Map.of(),
          0,
          Duration.ofSeconds(2),
          Duration.ofMillis(100),
          AutoConfig.DEFAULT,
          Breaker.DEFAULT);

  /** With {@code auto} and breakers as they are preset. */
  public RoutingConfig(
      Map<String, List<String>> fallbacks, int retries, Duration retryBudget, Duration backoff) {
    this(fallbacks, retries, retryBudget, backoff, AutoConfig.DEFAULT, Breaker.DEFAULT);
  }

  public RoutingConfig {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    fallbacks.forEach((name, targets) -> copy.put(name, List.copyOf(targets)));
    fallbacks = Map.copyOf(copy);
  }

  /** The same with another breaker. */
  public RoutingConfig with(Breaker other) {
    return new RoutingConfig(fallbacks, retries, retryBudget, backoff, auto, other);
  }
}
