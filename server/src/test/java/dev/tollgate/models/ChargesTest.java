package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tollgate.spend.ModelEntry;
import dev.tollgate.spend.PriceCatalogue;
import dev.tollgate.spend.Usage;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ChargesTest {

  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final PriceCatalogue SHIPPED = PriceCatalogue.load(null);

  @Test
  void saysOnceAModelThatItsTermsAreNotInTheCatalogue() {
    Logger logger = (Logger) LoggerFactory.getLogger(Charges.class);
    ListAppender<ILoggingEvent> heard = new ListAppender<>();
    heard.start();
    logger.addAppender(heard);
    try {
      Charges charges = new Charges(SHIPPED);
      charges.warn(model("gpt-5"), served("flex"), NOW);
      assertThat(heard.list).isEmpty();
      charges.warn(model("gpt-5"), served("warp"), NOW);
      charges.warn(model("gpt-5"), served("warp"), NOW);
      charges.warn(model("gpt-4o-mini"), served("warp"), NOW);
      assertThat(heard.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .satisfiesExactly(
              first -> assertThat(first).contains("gpt-5", "warp", "spend.prices-overlay"),
              second -> assertThat(second).contains("gpt-4o-mini"));
    } finally {
      logger.detachAppender(heard);
    }
  }

  private static Usage served(@Nullable String tier) {
    return new Usage(1, 0, 0, 0, 1, 0, 0, 0, 0, tier, null, null);
  }

  private static ModelEntry model(String name) {
    return Objects.requireNonNull(SHIPPED.find("openai", name), name);
  }
}
