package dev.tollgate.models;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which models a call is tried on, in which order, and how long it waits in between: the one that
 * was asked for, its fallbacks, then all of them again, as often as is configured.
 *
 * <p>Only before an answer began, and only within the retry budget; waits grow exponentially and
 * are spread evenly over their length (full jitter: Brooker, AWS Architecture Blog, 2015).
 */
final class Attempts {

  /** No call is tried more often, whatever is configured. */
  static final int MOST = 16;

  private final RoutingConfig config;
  private final Choice first;
  private final Supplier<List<Choice>> fallbacks;
  private final DoubleSupplier jitter;

  private @Nullable List<Candidate> order;
  private int made = 1;
  private int at;
  private int round;
  private long waitedNanos;

  /** A further attempt, after a wait. */
  record Next(Choice choice, long delayNanos) {}

  Attempts(RoutingConfig config, Choice first, Supplier<List<Choice>> fallbacks) {
    this(config, first, fallbacks, () -> ThreadLocalRandom.current().nextDouble());
  }

  /**
   * @param fallbacks asked for once, when the first attempt has failed
   * @param jitter evenly between 0 and 1
   */
  Attempts(
      RoutingConfig config, Choice first, Supplier<List<Choice>> fallbacks, DoubleSupplier jitter) {
    this.config = config;
    this.first = first;
    this.fallbacks = fallbacks;
    this.jitter = jitter;
  }

  Choice first() {
    return first;
  }

  /**
   * What is tried after a failure.
   *
   * @param retryAfterNanos what the provider asked to wait before it is called again; 0: nothing
   * @param now a monotonic reading
   * @return null: nothing, the failure is the caller's
   */
  @Nullable Next after(long retryAfterNanos, long now) {
    List<Candidate> candidates = order();
    candidates.get(at).notBefore = now + retryAfterNanos;
    if (made >= MOST) {
      return null;
    }
    boolean again = at + 1 == candidates.size();
    if (again && round >= config.retries()) {
      return null;
    }
    Candidate next = candidates.get(again ? 0 : at + 1);
    long asked = next.tried ? next.notBefore - now : 0;
    long delay = Math.max(again ? backoff() : 0, asked);
    if (delay > config.retryBudget().toNanos() - waitedNanos) {
      return null;
    }
    at = again ? 0 : at + 1;
    round += again ? 1 : 0;
    made++;
    waitedNanos += delay;
    next.tried = true;
    return new Next(next.choice, delay);
  }

  /** The same again, at once, where its provider has another key for it; null: no more. */
  @Nullable Next again(Choice choice) {
    if (made >= MOST) {
      return null;
    }
    made++;
    return new Next(choice, 0);
  }

  /** Whether one that {@code wanted} takes is left that was not tried. */
  boolean untried(Predicate<Choice> wanted) {
    return made < MOST
        && round == 0
        && order().stream().skip(at + 1).anyMatch(next -> wanted.test(next.choice));
  }

  private long backoff() {
    return (long) (2 * config.backoff().toNanos() * jitter.getAsDouble()) << Math.min(round, 16);
  }

  private List<Candidate> order() {
    List<Candidate> known = order;
    if (known == null) {
      known =
          Stream.concat(Stream.of(first), fallbacks.get().stream())
              .distinct()
              .map(Candidate::new)
              .collect(Collectors.toCollection(ArrayList::new));
      known.getFirst().tried = true;
      order = known;
    }
    return known;
  }

  private static final class Candidate {
    private final Choice choice;
    private boolean tried;
    private long notBefore;

    Candidate(Choice choice) {
      this.choice = choice;
    }
  }
}
