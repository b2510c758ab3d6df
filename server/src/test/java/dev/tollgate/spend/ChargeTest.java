package dev.tollgate.spend;

import static dev.tollgate.spend.Catalogues.NOW;
import static dev.tollgate.spend.Catalogues.model;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.spend.CallShape.Thinking;
import dev.tollgate.spend.Estimate.Bounded;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Answers that were cut before their report. */
class ChargeTest {

  private static final String HAIKU = "claude-haiku-4-5";

  @Test
  void chargesInputAsReportedAndOutputByTheBytesDelivered() {
    Charge charge = cut(HAIKU, Shapes.text(4_000, 500L), Usage.of(700, 3), 120);
    assertThat(charge.cost()).isEqualTo(new Money(700 * 1_000 + 120 * 5_000));
    assertThat(Objects.requireNonNull(charge.usage()).output()).isEqualTo(120);
  }

  @Test
  void chargesNoMoreOutputThanTheRequestAllowed() {
    Charge charge = cut(HAIKU, Shapes.text(4_000, 50L), Usage.of(700, 3), 9_000);
    assertThat(charge.cost()).isEqualTo(new Money(700 * 1_000 + 50 * 5_000));
  }

  @Test
  void chargesTheOutputThatWasReportedWhereItIsMore() {
    Charge charge = cut(HAIKU, Shapes.text(4_000, 500L), Usage.of(700, 200), 10);
    assertThat(charge.cost()).isEqualTo(new Money(700 * 1_000 + 200 * 5_000));
  }

  @Test
  void chargesTheBoundOfTheInputWhereNothingWasReported() {
    Shapes shapes = Shapes.text(984, 500L);
    assertThat(cut(HAIKU, shapes, null, 0).cost()).isEqualTo(new Money(1_000_000));
    Charge charge = cut(HAIKU, shapes, null, 40);
    assertThat(charge.cost()).isEqualTo(new Money(1_000_000 + 40 * 5_000));
    assertThat(charge.usage()).isNull();
    assertThat(cut(HAIKU, shapes, null, 90_000).cost()).isEqualTo(hold(HAIKU, shapes).bound());
  }

  @Test
  void sharesTheBytesOfSeveralChoices() {
    Shapes shapes = Shapes.text(0, 100L).choices(2);
    assertThat(cut("gpt-4o", shapes, Usage.of(10, 0), 150).cost())
        .isEqualTo(new Money(10 * 2_500 + 150 * 10_000));
    assertThat(cut("gpt-4o", shapes, null, 150).cost())
        .isEqualTo(new Money(16 * 2_500 + 150 * 10_000));
  }

  @Test
  void chargesTheHoldWhereReasoningIsNotDelivered() {
    Shapes plain = Shapes.text(984, 500L);
    assertThat(cut("o3", plain, Usage.of(7, 0), 4).cost()).isEqualTo(hold("o3", plain).bound());
    Shapes thinking = plain.thinking(new Thinking.Enabled(1_024));
    assertThat(cut(HAIKU, thinking, Usage.of(7, 0), 4).cost())
        .isEqualTo(hold(HAIKU, thinking).bound());
  }

  @Test
  void knowsWhichModelsThinkUnasked() {
    Shapes plain = Shapes.text(984, 500L);
    Shapes quiet = plain.thinking(new Thinking.Disabled());
    assertThat(cut("claude-haiku-5-5", plain, Usage.of(7, 0), 4).cost())
        .isEqualTo(hold("claude-haiku-5-5", plain).bound());
    assertThat(cut("claude-haiku-5-5", quiet, Usage.of(7, 0), 4).cost())
        .isEqualTo(new Money(7 * 100 + 4 * 500));
    assertThat(cut("claude-opus-5-5", quiet, Usage.of(7, 0), 4).cost())
        .isEqualTo(hold("claude-opus-5-5", quiet).bound());
  }

  @Test
  void chargesEverySearchThatWasAllowed() {
    Shapes shapes = Shapes.text(10, 100L).hosted("web_search_20250305", 3);
    assertThat(cut(HAIKU, shapes, Usage.of(10, 0), 0).cost())
        .isEqualTo(new Money(10 * 1_000 + 3 * 10_000_000));
  }

  private static Charge cut(
      String model, Shapes shapes, @Nullable Usage reported, long deliveredBytes) {
    return Charge.withoutReport(
        model(model), shapes.shape(), hold(model, shapes), reported, deliveredBytes, NOW);
  }

  private static Bounded hold(String model, Shapes shapes) {
    return (Bounded) new Estimator(UnboundedInput.WINDOW).bound(model(model), shapes.shape(), NOW);
  }
}
