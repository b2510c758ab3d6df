package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.spend.Ladder.Decision;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LadderTest {

  @ParameterizedTest
  @CsvSource({
    "1.00, PREMIUM, keep",
    "0.999999999, PREMIUM, premium_threshold to ECONOMY",
    "0.50, STANDARD, keep",
    "0.20, STANDARD, keep",
    "0.199999999, STANDARD, standard_threshold to ECONOMY",
    "0.15, PREMIUM, premium_threshold to ECONOMY",
    "0.15, ECONOMY, keep",
    "0.15, , keep",
    "0.10, ECONOMY, keep",
    "0.099999999, ECONOMY, budget_exhausted",
    "0.05, PREMIUM, budget_exhausted",
    "0.05, , budget_exhausted",
    "-1, STANDARD, budget_exhausted",
  })
  void walksTheDefaultByWhatRemains(String remaining, @Nullable Tier tier, String expected) {
    Decision decision = Ladder.DEFAULT.decide(standing("500", remaining), tier, false, null);
    assertThat(told(decision)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "25.01, PREMIUM, keep",
    "25, PREMIUM, warning_threshold",
    "15.01, PREMIUM, warning_threshold",
    "15, PREMIUM, premium_threshold to STANDARD",
    "15, STANDARD, warning_threshold",
    "7, STANDARD, standard_threshold to ECONOMY",
    "7, PREMIUM, standard_threshold to ECONOMY",
    "7, ECONOMY, warning_threshold",
    "0.01, ECONOMY, warning_threshold",
    "0, ECONOMY, budget_exhausted",
    "-5, , budget_exhausted",
  })
  void walksThePercentPresetOneTierAtATime(String remaining, @Nullable Tier tier, String expected) {
    Decision decision = Ladder.PERCENT.decide(standing("100", remaining), tier, false, null);
    assertThat(told(decision)).isEqualTo(expected);
  }

  @Test
  void hasNoStepAtAllWhenOff() {
    assertThat(Ladder.OFF.decide(standing("1", "0"), Tier.PREMIUM, false, null))
        .isEqualTo(new Decision.Keep());
  }

  @Test
  void leavesAnUnlimitedOrganizationAlone() {
    BudgetStanding unlimited = new BudgetStanding("b", null, null, null);
    assertThat(Ladder.DEFAULT.decide(unlimited, Tier.PREMIUM, false, null))
        .isEqualTo(new Decision.Keep());
  }

  @Test
  void takesALimitOfZeroAsUsedUp() {
    assertThat(told(decide(Ladder.PERCENT, "0", "0", null))).isEqualTo("budget_exhausted");
    assertThat(told(decide(Ladder.DEFAULT, "0", "0", null))).isEqualTo("budget_exhausted");
  }

  @Test
  void neverBlocksAFreeModel() {
    assertThat(Ladder.DEFAULT.decide(standing("1", "0"), Tier.PREMIUM, true, null))
        .isEqualTo(new Decision.Keep());
  }

  @Test
  void declinesInsteadOfDowngradingWhereTheOrganizationOptedOut() {
    Ladder ladder = Ladder.parse("{\"preset\":\"default\",\"optOutOfDowngrades\":true}", "ladder");
    assertThat(decide(ladder, "5", "0.5", Tier.PREMIUM))
        .isEqualTo(new Decision.Decline("premium_threshold", Tier.ECONOMY));
    assertThat(decide(ladder, "5", "0.5", Tier.STANDARD)).isEqualTo(new Decision.Keep());
    assertThat(decide(ladder, "5", "0.01", Tier.PREMIUM))
        .isEqualTo(new Decision.Block("budget_exhausted"));
  }

  @Test
  void limitsAStepToARequestClass() {
    Ladder ladder =
        Ladder.parse(
            """
            {"steps":[
              {"name":"auxiliary_first","usedPercent":50,"action":"block","requestClass":"auxiliary"},
              {"name":"budget_exhausted","usedPercent":100,"action":"block"}]}
            """,
            "ladder");
    BudgetStanding half = standing("10", "5");
    assertThat(ladder.decide(half, null, false, "auxiliary"))
        .isEqualTo(new Decision.Block("auxiliary_first"));
    assertThat(ladder.decide(half, null, false, "main")).isEqualTo(new Decision.Keep());
    assertThat(ladder.decide(half, null, false, null)).isEqualTo(new Decision.Keep());
  }

  private static Decision decide(
      Ladder ladder, String limit, String remaining, @Nullable Tier tier) {
    return ladder.decide(standing(limit, remaining), tier, false, null);
  }

  private static BudgetStanding standing(String limit, String remaining) {
    return new BudgetStanding("b", Money.ofDollars(limit), Money.ofDollars(remaining), null);
  }

  private static String told(Decision decision) {
    return switch (decision) {
      case Decision.Keep _ -> "keep";
      case Decision.Warn(String step) -> step;
      case Decision.Downgrade(String step, Tier target) -> step + " to " + target;
      case Decision.Block(String step) -> step;
      case Decision.Decline(String step, Tier target) -> step + " not to " + target;
    };
  }
}
