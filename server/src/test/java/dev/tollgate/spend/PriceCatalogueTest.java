package dev.tollgate.spend;

import static dev.tollgate.spend.Catalogues.SHIPPED;
import static dev.tollgate.spend.Catalogues.model;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PriceCatalogueTest {

  @ParameterizedTest
  @CsvSource({
    "claude-sonnet-5-5, claude-sonnet-5-5",
    "claude-sonnet-5-5-20260928, claude-sonnet-5-5",
    "claude-sonnet-5-20260630, claude-sonnet-5",
    "claude-haiku-4-5-20251001, claude-haiku-4-5",
    "claude-haiku-4-5@20251001, claude-haiku-4-5",
    "claude-sonnet-4-20250514, claude-sonnet-4-0",
    "claude-opus-4.5, claude-opus-4-5",
    "claude-3-5-sonnet-latest, claude-3-5-sonnet",
    "gpt-4o-2024-08-06, gpt-4o",
    "gpt-4o-2024-05-13, gpt-4o-2024-05-13",
    "gpt-5-2025-08-07, gpt-5",
    "gpt-6-sol-2026-09-22, gpt-6-sol",
  })
  void knowsAModelByItsNamesAndByTheDateOfASnapshot(String name, String id) {
    assertThat(model(name).id()).isEqualTo(id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "claude-sonnet-5-6",
        "claude-sonnet-5-5-preview",
        "claude-sonnet-5-5-20261301",
        "claude-opus",
        "gpt-4o-mini-audio-preview",
        "gpt-6-sol-mini",
        "claude-sonnet-5-5-1234567",
        "CLAUDE-OPUS-5-5",
        "",
      })
  void knowsNoModelByAPrefix(String name) {
    assertThat(SHIPPED.find("anthropic", name)).isNull();
    assertThat(SHIPPED.find("openai", name)).isNull();
  }

  @Test
  void keepsVendorsApart() {
    assertThat(SHIPPED.find("openai", "claude-opus-5-5")).isNull();
    assertThat(SHIPPED.find("nobody", "gpt-4o")).isNull();
    assertThat(SHIPPED.dialect("groq")).isEqualTo("openai");
    assertThat(SHIPPED.dialect("nobody")).isNull();
    assertThat(SHIPPED.vendors()).contains("anthropic", "openai", "groq", "mistral");
  }

  @Test
  void listsAVendorsModels() {
    assertThat(SHIPPED.models("anthropic"))
        .extracting(ModelEntry::id)
        .doesNotHaveDuplicates()
        .contains("claude-opus-5-5", "claude-haiku-5-5");
    assertThat(SHIPPED.models("nobody")).isEmpty();
    ModelEntry haiku = model("claude-haiku-5-5");
    assertThat(haiku.displayName()).isEqualTo("Claude Haiku 5.5");
    assertThat(haiku.created()).isEqualTo("2026-10-07");
    assertThat(haiku.capabilities().limits().context()).isEqualTo(1_000_000);
    assertThat(haiku.capabilities().limits().maxOutput()).isEqualTo(128_000);
  }

  @Test
  void boundsEveryModelOfTheTwoFirstVendors() {
    for (String vendor : new String[] {"anthropic", "openai"}) {
      assertThat(SHIPPED.models(vendor))
          .allSatisfy(model -> {
            assertThat(model.prices()).isNotEmpty();
            assertThat(model.capabilities().limits().context()).isNotNull();
            assertThat(model.capabilities().limits().maxOutput()).isNotNull();
          });
    }
  }

  @Test
  void givesAModelThatIsNotThereNoPrice() {
    ModelEntry unknown = SHIPPED.entry("openai", "openai", "gpt-99");
    assertThat(unknown.id()).isEqualTo("gpt-99");
    assertThat(unknown.pricedAt(Catalogues.NOW)).isFalse();
    assertThat(Pricing.cost(unknown, Usage.of(1, 1), Catalogues.NOW)).isNull();
    assertThat(SHIPPED.entry("openai", "openai", "gpt-4o").pricedAt(Catalogues.NOW)).isTrue();
  }

  @Test
  void goesStaleAfterSixtyDays() {
    Instant generated = SHIPPED.generated().atStartOfDay(ZoneOffset.UTC).toInstant();
    assertThat(SHIPPED.staleAt(generated.plus(Duration.ofDays(60)))).isFalse();
    assertThat(SHIPPED.staleAt(generated.plus(Duration.ofDays(61)))).isTrue();
  }

  @Test
  void namesItsVersionByDayAndContent() {
    assertThat(SHIPPED.version()).matches("\\d{4}-\\d\\d-\\d\\d\\.[0-9a-f]{8}");
    assertThat(PriceCatalogue.load(null).version()).isEqualTo(SHIPPED.version());
  }
}
