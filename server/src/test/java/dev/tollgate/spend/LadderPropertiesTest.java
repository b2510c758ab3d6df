package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.spend.Ladder.Action;
import dev.tollgate.spend.Ladder.Decision;
import dev.tollgate.spend.Ladder.Threshold;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every ladder; a failure names its seed. */
class LadderPropertiesTest {

  private static final int ROUNDS = 4_000;

  /** From the dearest down. */
  private static final List<Tier> TIERS = List.of(Tier.PREMIUM, Tier.STANDARD, Tier.ECONOMY);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 20_261_123})
  void lessMoneyNeverMeansABetterModel(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      Ladder ladder = any(random);
      Tier tier = TIERS.get(random.nextInt(3));
      Money limit = new Money(random.nextLong(20_000_000_000L));
      Money more = new Money(random.nextLong(limit.nanos() + 1));
      Money less = more.minus(new Money(random.nextLong(2_000_000_000L)));
      assertThat(severity(ladder, limit, less, tier))
          .as("seed %d round %d: %s", seed, round, ladder)
          .isGreaterThanOrEqualTo(severity(ladder, limit, more, tier));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 20_261_123})
  void theOrderOfTheStepsDecidesNothing(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      Ladder ladder = any(random);
      List<Ladder.Step> shuffled = new ArrayList<>(ladder.steps());
      Collections.shuffle(shuffled, random);
      Ladder other = new Ladder(null, shuffled, true);
      Money limit = new Money(random.nextLong(20_000_000_000L));
      Money remaining = new Money(random.nextLong(limit.nanos() + 1));
      Tier tier = TIERS.get(random.nextInt(3));
      assertThat(severity(other, limit, remaining, tier))
          .as("seed %d round %d: %s", seed, round, ladder)
          .isEqualTo(severity(ladder, limit, remaining, tier));
    }
  }

  private static Ladder any(Random random) {
    if (random.nextInt(4) == 0) {
      return random.nextBoolean() ? Ladder.DEFAULT : Ladder.PERCENT;
    }
    List<Ladder.Step> steps = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      steps.add(new Ladder.Step("s" + i, threshold(random), action(random), null));
    }
    return new Ladder(null, steps, true);
  }

  private static Threshold threshold(Random random) {
    return random.nextBoolean()
        ? new Threshold.RemainingBelow(Money.ofCents(1 + random.nextInt(1_000)))
        : new Threshold.UsedAtLeast(BigDecimal.valueOf(random.nextInt(101)));
  }

  private static Action action(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> new Action.Warn();
      case 1 -> new Action.Block();
      case 2 -> new Action.Downgrade(Tier.PREMIUM, Tier.STANDARD);
      case 3 -> new Action.Downgrade(Tier.PREMIUM, Tier.ECONOMY);
      default -> new Action.Downgrade(Tier.STANDARD, Tier.ECONOMY);
    };
  }

  /** The place of the tier that serves; beyond all: blocked. */
  private static int severity(Ladder ladder, Money limit, Money remaining, Tier tier) {
    BudgetStanding standing = new BudgetStanding("b", limit, remaining, null);
    return switch (ladder.decide(standing, tier, false, null)) {
      case Decision.Keep _, Decision.Warn _ -> TIERS.indexOf(tier);
      case Decision.Downgrade(String _, Tier target) -> TIERS.indexOf(target);
      case Decision.Decline(String _, Tier target) -> TIERS.indexOf(target);
      case Decision.Block _ -> 3;
    };
  }
}
