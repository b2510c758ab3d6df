package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {

  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "retry-after | 2 | 2000",
        "retry-after | 0.5 | 500",
        "retry-after | Mon, 23 Nov 2026 10:00:30 GMT | 30000",
        "retry-after | Mon, 23 Nov 2026 09:00:00 GMT | 0",
        "retry-after | soon | 0",
        "retry-after | -1 | 0",
        "retry-after | NaN | 0",
        "retry-after | 1e300 | 30000000000",
        "retry-after-ms | 1500 | 1500",
        "retry-after-ms | x | 0",
        "x-other | 2 | 0",
      })
  void readsSecondsDatesAndMilliseconds(String name, String value, long millis) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add(name, value);
    assertThat(RetryAfter.nanos(headers, NOW) / 1_000_000).isEqualTo(millis);
  }
}
