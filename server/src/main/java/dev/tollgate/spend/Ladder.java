package dev.tollgate.spend;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The policy by which an emptying budget makes calls cheaper and then blocks them, as data.
 *
 * <p>The order of the steps decides nothing: a block that applies wins; else the model goes as far
 * down as any step takes it, and the tier it arrives at is held against the steps again.
 *
 * @param preset the name of a preset; null: steps of an organization's own
 * @param downgrades false: a call that would be downgraded is refused instead
 */
public record Ladder(@Nullable String preset, List<Step> steps, boolean downgrades) {

  /** By what remains: cheaper below a dollar, blocked below ten cents. */
  public static final Ladder DEFAULT =
      new Ladder(
          "default",
          List.of(
              Step.of("premium_threshold", below(100), down(Tier.PREMIUM, Tier.ECONOMY)),
              Step.of("standard_threshold", below(20), down(Tier.STANDARD, Tier.ECONOMY)),
              Step.of("budget_exhausted", below(10), new Action.Block())),
          true);

  /** By what is used: one tier down at 85 and at 93 percent, blocked at 100. */
  public static final Ladder PERCENT =
      new Ladder(
          "percent",
          List.of(
              Step.of("warning_threshold", used(75), new Action.Warn()),
              Step.of("premium_threshold", used(85), down(Tier.PREMIUM, Tier.STANDARD)),
              Step.of("standard_threshold", used(93), down(Tier.STANDARD, Tier.ECONOMY)),
              Step.of("budget_exhausted", used(100), new Action.Block())),
          true);

  /** No step at all, not even a block. */
  public static final Ladder OFF = new Ladder("off", List.of(), true);

  public Ladder {
    steps = List.copyOf(steps);
  }

  /**
   * One step.
   *
   * @param name what headers and the ledger tell
   * @param requestClass the client's class of requests that it is limited to; null: all
   */
  public record Step(String name, Threshold when, Action action, @Nullable String requestClass) {

    static Step of(String name, Threshold when, Action action) {
      return new Step(name, when, action, null);
    }

    boolean concerns(@Nullable String asked) {
      return requestClass == null || requestClass.equals(asked);
    }
  }

  /** When a step applies. */
  public sealed interface Threshold {
    /** Less than {@code amount} remains. */
    record RemainingBelow(Money amount) implements Threshold {}

    /** At least {@code percent} of the limit is used; of a limit of zero, all is. */
    record UsedAtLeast(BigDecimal percent) implements Threshold {}

    /** Whether it is reached; never without a limit. */
    default boolean reached(Money limit, Money remaining) {
      return switch (this) {
        case RemainingBelow(Money amount) -> remaining.compareTo(amount) < 0;
        case UsedAtLeast(BigDecimal percent) -> {
          BigDecimal used = BigDecimal.valueOf(limit.minus(remaining).nanos());
          BigDecimal share = percent.multiply(BigDecimal.valueOf(limit.nanos()));
          yield used.movePointRight(2).compareTo(share) >= 0;
        }
      };
    }
  }

  /** What a step does. */
  public sealed interface Action {
    /** Tells, and changes nothing. */
    record Warn() implements Action {}

    /** Moves calls of a tier to a cheaper one. */
    record Downgrade(Tier from, Tier to) implements Action {}

    record Block() implements Action {}
  }

  /** What to do with a call. */
  public sealed interface Decision {
    record Keep() implements Decision {}

    /** Go on as asked; {@code step} is worth telling. */
    record Warn(String step) implements Decision {}

    /** Serve it by the model of {@code target}, if one fits and is cheaper. */
    record Downgrade(String step, Tier target) implements Decision {}

    /** Refuse it: {@code budget_exhausted}. */
    record Block(String step) implements Decision {}

    /** The step would downgrade it, and the organization does not want that: refuse it. */
    record Decline(String step, Tier target) implements Decision {}
  }

  /**
   * Decides on a call by how one budget stands.
   *
   * @param tier the tier of the model that the call resolved to; null: in none
   * @param free whether that model is free: no budget concerns it
   * @param requestClass the client's own class of the request; null: not said
   */
  public Decision decide(
      BudgetStanding standing, @Nullable Tier tier, boolean free, @Nullable String requestClass) {
    Money limit = standing.limit();
    Money remaining = standing.remaining();
    if (free || limit == null || remaining == null) {
      return new Decision.Keep();
    }
    List<Step> reached =
        steps.stream()
            .filter(step -> step.concerns(requestClass) && step.when().reached(limit, remaining))
            .toList();
    return new Descent(reached).decide(tier, downgrades);
  }

  /** Whether every call that costs something is refused where so much remains. */
  boolean blocks(Money limit, Money remaining) {
    return steps.stream()
        .anyMatch(step ->
            step.requestClass() == null
                && step.action() instanceof Action.Block
                && step.when().reached(limit, remaining));
  }

  /**
   * Reads a policy: {@code "default"}, {@code "percent"}, {@code "off"}, or an object with {@code
   * preset} or {@code steps}, and {@code optOutOfDowngrades}.
   *
   * @param field what to call it in a complaint, such as {@code ladder}
   * @throws dev.tollgate.kernel.Failure naming the field that is wrong
   */
  public static Ladder parse(String json, String field) {
    return LadderJson.read(Fields.parse(json, field), field);
  }

  /** As {@link #parse}, from a value that has been read already. */
  public static Ladder read(JsonNode json, String field) {
    return LadderJson.read(json, field);
  }

  /** The policy as {@link #parse} reads it, as a value that any JSON writer takes. */
  public Object json() {
    return LadderJson.write(this);
  }

  /** The policy as {@link #parse} reads it, as text. */
  public String text() {
    return LadderJson.text(this);
  }

  private static Threshold below(long cents) {
    return new Threshold.RemainingBelow(Money.ofCents(cents));
  }

  private static Threshold used(long percent) {
    return new Threshold.UsedAtLeast(BigDecimal.valueOf(percent));
  }

  private static Action down(Tier from, Tier to) {
    return new Action.Downgrade(from, to);
  }
}
