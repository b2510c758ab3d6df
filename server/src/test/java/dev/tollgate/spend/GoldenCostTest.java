package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One report with every class of tokens, priced for 28 models; the figures were worked out from the
 * providers' own price lists, not from our files.
 */
class GoldenCostTest {

  private static final Usage REPORT =
      new Usage(1_237, 20_011, 307, 41, 503, 101, 0, 0, 0, null, null, null);

  @ParameterizedTest
  @CsvSource({
    "claude-opus-5-5, 20873200",
    "claude-sonnet-5-5, 10436600",
    "claude-haiku-5-5, 621885",
    "claude-haiku-4-5, 6218850",
    "claude-opus-5, 31094250",
    "claude-sonnet-5, 12437700",
    "claude-opus-4-8, 31094250",
    "claude-opus-4-6, 31094250",
    "claude-opus-4-1, 93282750",
    "claude-sonnet-4-6, 18656550",
    "claude-sonnet-4-5, 18656550",
    "claude-3-5-haiku, 4975080",
    "claude-3-haiku, 1650930",
    "claude-fable-5-1, 47180250",
    "gpt-4o, 34006250",
    "gpt-4o-mini, 2040375",
    "gpt-4.1, 17199500",
    "gpt-4.1-nano, 859975",
    "o1, 204037500",
    "o3, 17199500",
    "o4-mini, 9459725",
    "gpt-5, 9512625",
    "gpt-5-nano, 380505",
    "gpt-5.4, 16510250",
    "gpt-5.6-sol, 24752400",
    "gpt-6-sol, 12376200",
    "gpt-6-luna, 618810",
    "gpt-6.2-sol, 10477600"
  })
  void pricesAReport(String model, long nanos) {
    assertThat(Catalogues.nanos(model, REPORT)).isEqualTo(nanos);
  }
}
