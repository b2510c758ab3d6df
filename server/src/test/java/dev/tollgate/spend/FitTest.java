package dev.tollgate.spend;

import static dev.tollgate.spend.Catalogues.model;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.spend.CallShape.Features;
import dev.tollgate.spend.CallShape.Thinking;
import java.util.List;
import org.junit.jupiter.api.Test;

class FitTest {

  private static final String OPUS = "claude-opus-5-5";
  private static final String SONNET = "claude-sonnet-5-5";
  private static final String HAIKU = "claude-haiku-5-5";
  private static final String OLD_HAIKU = "claude-haiku-4-5";

  @Test
  void letsAPlainRequestThrough() {
    assertThat(fit(OPUS, HAIKU, Shapes.text(1_000, 500L))).isEqualTo(new Fit.Fits(List.of()));
  }

  @Test
  void turnsABudgetIntoAdaptiveThinking() {
    Shapes shapes = Shapes.text(10, 9_000L).thinking(new Thinking.Enabled(4_000));
    assertThat(fit("claude-opus-4-5", SONNET, shapes))
        .isEqualTo(
            fits(
                new Rewrite("thinking", "{\"type\":\"adaptive\"}"),
                new Rewrite("temperature", null),
                new Rewrite("top_p", null),
                new Rewrite("top_k", null)));
  }

  @Test
  void turnsAdaptiveThinkingIntoABudgetThatLeavesAnAnswer() {
    Shapes shapes = Shapes.text(10, 9_000L).thinking(new Thinking.Adaptive());
    assertThat(fit(OPUS, OLD_HAIKU, shapes))
        .isEqualTo(fits(new Rewrite("thinking", "{\"type\":\"enabled\",\"budget_tokens\":4500}")));
    assertThat(fit(OPUS, OLD_HAIKU, Shapes.text(10, 1_024L).thinking(new Thinking.Adaptive())))
        .isEqualTo(fits(new Rewrite("thinking", null)));
  }

  @Test
  void removesWhatAnAlwaysThinkingModelRefuses() {
    Shapes shapes = Shapes.text(10, 500L).thinking(new Thinking.Disabled());
    assertThat(fit("claude-opus-5", OPUS, shapes)).isEqualTo(fits(new Rewrite("thinking", null)));
    assertThat(fit("claude-opus-5", SONNET, shapes))
        .isEqualTo(fits(new Rewrite("thinking", "{\"type\":\"between_tools\"}")));
    assertThat(fit(SONNET, HAIKU, Shapes.text(10, 500L).thinking(new Thinking.BetweenTools())))
        .isEqualTo(fits(new Rewrite("thinking", "{\"type\":\"disabled\"}")));
  }

  @Test
  void lowersAnEffortToTheNextThatIsKnown() {
    assertThat(fit(OPUS, "claude-opus-4-6", Shapes.text(1, 9L).effort("xhigh")))
        .isEqualTo(fits(new Rewrite("output_config.effort", "\"high\"")));
    assertThat(fit(OPUS, OLD_HAIKU, Shapes.text(1, 9L).effort("low")))
        .isEqualTo(fits(new Rewrite("output_config.effort", null)));
    assertThat(fit("gpt-5.1", "gpt-5", Shapes.text(1, null).effort("none")))
        .isEqualTo(fits(new Rewrite("reasoning_effort", "\"minimal\"")));
    assertThat(fit("gpt-5", "o3", Shapes.text(1, null).effort("minimal")))
        .isEqualTo(fits(new Rewrite("reasoning_effort", "\"low\"")));
  }

  @Test
  void movesTheMaximumToTheFieldThatTheModelReads() {
    assertThat(fit("gpt-5", "gpt-4o-mini", Shapes.text(1, 700L)))
        .isEqualTo(
            fits(new Rewrite("max_completion_tokens", null), new Rewrite("max_tokens", "700")));
    assertThat(fit("gpt-5", "gpt-4o-mini", Shapes.text(1, null))).isEqualTo(fits());
  }

  @Test
  void dropsASpeedThatTheModelLacks() {
    assertThat(fit(OPUS, HAIKU, Shapes.text(1, 9L).terms(null, "fast", null)))
        .isEqualTo(fits(new Rewrite("speed", null)));
    assertThat(fit("gpt-5", "gpt-4o-mini", Shapes.text(1, null).terms("flex", null, null)))
        .isEqualTo(fits(new Rewrite("service_tier", null)));
  }

  @Test
  void namesWhatTheModelCannotDo() {
    Shapes plain = Shapes.text(1_000, 500L);
    assertThat(misfit("gpt-4o", "o3-mini", plain.images(1))).isEqualTo("it takes no images");
    assertThat(misfit("gpt-4o", "o1-mini", plain.tools(1))).isEqualTo("it uses no tools");
    assertThat(misfit("gpt-4o", "o3-mini", plain.documents(1))).isEqualTo("it takes no documents");
    assertThat(misfit("gpt-4o", "gpt-4o-mini", plain.audios(1))).isEqualTo("it takes no audio");
    assertThat(misfit("claude-opus-5", SONNET, plain.features(features(true, false, false))))
        .isEqualTo("no tool can be forced on it");
    assertThat(misfit("gpt-4o", "gpt-4", plain.features(features(false, false, true))))
        .isEqualTo("it follows no schema");
    assertThat(misfit(OPUS, HAIKU, plain.hosted("crystal", 1)))
        .isEqualTo("it has no hosted tool crystal");
    assertThat(misfit(OPUS, OLD_HAIKU, Shapes.text(9, 90_000L)))
        .isEqualTo("its longest answer is 64000 tokens");
    assertThat(misfit(OPUS, OLD_HAIKU, Shapes.text(900_000, 500L)))
        .isEqualTo("its context window is 200000 tokens");
    assertThat(misfit(OPUS, OLD_HAIKU, plain.external()))
        .isEqualTo("its context window is 200000 tokens");
    assertThat(misfit(OPUS, OLD_HAIKU, plain.terms(null, null, "us")))
        .isEqualTo("it cannot be kept to the geography us");
    assertThat(misfit(OPUS, "gpt-4o", plain)).isEqualTo("it speaks openai");
  }

  @Test
  void keepsThinkingBlocksWithTheModelThatWroteThem() {
    Shapes blocks = Shapes.text(1_000, 500L).features(features(false, true, false));
    assertThat(misfit(OPUS, HAIKU, blocks)).contains("bound to the model");
    assertThat(fit("claude-opus-4-8", HAIKU, blocks)).isInstanceOf(Fit.Fits.class);
    assertThat(fit(OPUS, OPUS, blocks)).isInstanceOf(Fit.Fits.class);
  }

  @Test
  void refusesABetaThatTheModelDoes() {
    Features features = new Features(false, false, false, false, List.of("context-1m-2025-08-07"));
    assertThat(misfit(OPUS, OLD_HAIKU, Shapes.text(1, 9L).features(features)))
        .isEqualTo("it refuses the beta context-1m-2025-08-07");
  }

  @Test
  void takesAPromptThatIsTooLongOnlyByTheProvenBound() {
    assertThat(fit(OPUS, OLD_HAIKU, Shapes.text(300_000, 500L))).isInstanceOf(Fit.Fits.class);
  }

  private static Features features(boolean forced, boolean blocks, boolean schema) {
    return new Features(false, forced, blocks, schema, List.of());
  }

  private static Fit.Fits fits(Rewrite... rewrites) {
    return new Fit.Fits(List.of(rewrites));
  }

  private static String misfit(String from, String to, Shapes shapes) {
    return ((Fit.Misfit) fit(from, to, shapes)).reason();
  }

  private static Fit fit(String from, String to, Shapes shapes) {
    return Fit.between(model(from).dialect(), model(from), model(to), shapes.shape());
  }
}
