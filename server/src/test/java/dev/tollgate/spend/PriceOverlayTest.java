package dev.tollgate.spend;

import static dev.tollgate.spend.Catalogues.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tollgate.kernel.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The operator's own file on top of ours. */
class PriceOverlayTest {

  @TempDir private Path directory;

  @Test
  void marksAModelFree() {
    PriceCatalogue catalogue =
        overlay("{'vendors':{'openai':{'models':{'gpt-4o-mini':{'free':true}}}}}");
    ModelEntry model = find(catalogue, "openai", "gpt-4o-mini");
    assertThat(model.free()).isTrue();
    assertThat(Pricing.cost(model, Usage.of(1_000, 1_000), NOW)).isEqualTo(Money.ZERO);
    assertThat(model.capabilities().limits().maxOutput()).isEqualTo(16_384);
  }

  @Test
  void addsAVendorAndAModel() {
    PriceCatalogue catalogue =
        overlay(
            "{'vendors':{'house':{'dialect':'openai','models':{'llama':{'context':8192,"
                + "'prices':[{'input':0.0125,'output':0.05}]}}}}}");
    ModelEntry model = find(catalogue, "house", "llama");
    assertThat(Pricing.cost(model, Usage.of(1, 0), NOW)).isEqualTo(new Money(13));
    assertThat(Pricing.cost(model, Usage.of(2, 0), NOW)).isEqualTo(new Money(25));
    assertThat(model.displayName()).isEqualTo("llama");
  }

  @Test
  void replacesAPriceAndRemovesAFieldByNull() {
    PriceCatalogue catalogue =
        overlay(
            "{'vendors':{'anthropic':{'models':{'claude-opus-5-5':"
                + "{'speeds':null,'prices':[{'input':1,'output':1}]}}}}}");
    ModelEntry model = find(catalogue, "anthropic", "claude-opus-5-5");
    Usage fast = new Usage(1_000, 0, 0, 0, 0, 0, 0, 0, 0, null, "fast", null);
    assertThat(Pricing.cost(model, fast, NOW)).isEqualTo(new Money(1_000_000));
  }

  @Test
  void raisesTheBoundByAnAccountsOwnDefaults() {
    PriceCatalogue catalogue =
        overlay("{'vendors':{'openai':{'models':{'gpt-5':" + "{'service_tiers':{'unsaid':2}}}}}}");
    ModelEntry own = find(catalogue, "openai", "gpt-5");
    CallShape shape = Shapes.text(1_000, 100L).shape();
    Estimator estimator = new Estimator(UnboundedInput.WINDOW);
    Estimate.Bounded raised = (Estimate.Bounded) estimator.bound(own, shape, NOW);
    Estimate.Bounded plain =
        (Estimate.Bounded) estimator.bound(Catalogues.model("gpt-5"), shape, NOW);
    assertThat(raised.bound().nanos()).isEqualTo(2 * plain.bound().nanos());
  }

  @Test
  void changesTheVersion() {
    assertThat(overlay("{}").version()).isNotEqualTo(Catalogues.SHIPPED.version());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {'vendor':{}}                                     | vendor is not known; did you mean vendors?
          {'vendors':{'openai':{'model':{}}}}               | vendors.openai.model is not known; did you mean models?
          {'vendors':{'openai':{'models':{'gpt-4o':{'fre':true}}}}} | vendors.openai.models.gpt-4o.fre is not known; did you mean free?
          {'vendors':{'openai':{'models':{'gpt-4o':{'free':1}}}}} | gpt-4o.free must be true or false
          {'vendors':{'openai':{'models':{'gpt-4o':{'prices':[{'input':-1,'output':1}]}}}}} | gpt-4o.prices[0].input must be a number, 0 or more
          {'vendors':{'openai':{'models':{'gpt-4o':{'prices':[{'input':'1','output':1}]}}}}} | gpt-4o.prices[0].input must be a number, 0 or more
          {'vendors':{'openai':{'models':{'gpt-4o':{'prices':[{'input':1}]}}}}} | gpt-4o.prices[0].output must be there, in dollars a million tokens
          {'vendors':{'openai':{'models':{'gpt-4o':{'prices':[{'input':25000,'output':1}]}}}}} | gpt-4o.prices[0].input is in dollars a million tokens, and that is too much
          {'vendors':{'openai':{'models':{'gpt-4o':{'prices':[{'input':1,'output':1},{'input':2,'output':2}]}}}}} | gpt-4o.prices[1].from must be another than that of an earlier price
          {'vendors':{'openai':{'models':{'gpt-4o':{'prices':[{'from':'soon','input':1,'output':1}]}}}}} | gpt-4o.prices[0].from must be a day such as 2026-10-07
          {'vendors':{'openai':{'models':{'gpt-4o':{'prices':[{'input':1,'output':1,'long_context':[{'over':0,'times':2}]}]}}}}} | prices[0].long_context[0].over must be a number of tokens, rising from step to step
          {'vendors':{'openai':{'models':{'gpt-4o':{'context':0}}}}} | gpt-4o.context must be between 1 and 10000000
          {'vendors':{'openai':{'models':{'gpt-4o':{'thinking':['loud']}}}}} | gpt-4o.thinking may have disabled, between_tools, enabled, adaptive, not loud
          {'vendors':{'openai':{'models':{'gpt-4o':{'hidden_reasoning':'maybe'}}}}} | gpt-4o.hidden_reasoning must be one of never, thinking, always
          {'vendors':{'openai':{'models':{'gpt-4o':{'family':'gpt-9'}}}}} | gpt-4o.family names no family of the vendor: gpt-9
          {'vendors':{'openai':{'models':{'mine':{'aliases':['gpt-4o']}}}}} | mine.aliases has gpt-4o, which is a name of gpt-4o
          {'vendors':{'house':{'models':{}}}}               | vendors.house.dialect must be there: anthropic or openai
          {'generated':'yesterday'}                         | generated must be a day such as 2026-10-07
          {'vendors':[]}                                    | vendors must be an object
          []                                                | must be an object
          {'vendors':{},'vendors':{}}                       | is not JSON
          {'vendors':                                       | is not JSON
          {} {}                                             | is not JSON
          """)
  void refusesWhatIsWrongNamingFileAndField(String json, String complaint) {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> overlay(json))
        .withMessageContaining("overlay.json")
        .withMessageContaining(complaint);
  }

  @Test
  void saysWhichFileCannotBeRead() {
    Path missing = directory.resolve("absent.json");
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> PriceCatalogue.load(missing))
        .withMessageContaining(missing.toString());
  }

  private PriceCatalogue overlay(String json) {
    try {
      Path file = directory.resolve("overlay.json");
      Files.writeString(file, json.replace('\'', '"'));
      return PriceCatalogue.load(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static ModelEntry find(PriceCatalogue catalogue, String vendor, String name) {
    return Objects.requireNonNull(catalogue.find(vendor, name), name);
  }
}
