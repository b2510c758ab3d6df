package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which headers cross the gateway. */
class HeadersTest {

  private final MultiMap source = MultiMap.caseInsensitiveMultiMap();
  private final MultiMap up = MultiMap.caseInsensitiveMultiMap();
  private final MultiMap across = MultiMap.caseInsensitiveMultiMap();
  private final MultiMap down = MultiMap.caseInsensitiveMultiMap();

  private void cross() {
    Headers.up(source, up);
    Headers.across(source, across);
    Headers.down(source, down, true);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OpenAI-Organization",
        "OpenAI-Project",
        "Anthropic-Organization-Id",
        "Anthropic-Workspace-Id",
        "X-Goog-User-Project",
      })
  void leavesTheAccountBehindAKeyToItsOwner(String name) {
    source.add(name, "theirs");

    cross();

    assertThat(up.isEmpty()).isTrue();
    assertThat(across.isEmpty()).isTrue();
    assertThat(down.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-RateLimit-Remaining-Tokens",
        "Anthropic-RateLimit-Requests-Reset",
        "Anthropic-Priority-Input-Tokens-Limit",
      })
  void tellsOfAProvidersLimitsWhomTheyAreOf(String name) {
    source.add(name, "7").add("Retry-After", "3");
    MultiMap others = MultiMap.caseInsensitiveMultiMap();

    cross();
    Headers.down(source, others, false);

    assertThat(down.get(name)).isEqualTo("7");
    assertThat(others.contains(name)).isFalse();
    assertThat(others.get("Retry-After")).isEqualTo("3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization",
        "X-Api-Key",
        "Api-Key",
        "X-Goog-Api-Key",
        "Cookie",
        "Forwarded",
        "X-Forwarded-For",
        "X-Real-IP",
        "Via",
      })
  void keepsCredentialsAndTheNetworkOfACallerHere(String name) {
    source.add(name, "secret");

    cross();

    assertThat(up.isEmpty()).isTrue();
    assertThat(across.isEmpty()).isTrue();
  }

  @Test
  void keepsWhatAConnectionCallsItsOwn() {
    source.add("Connection", "close, X-Hop").add("X-Hop", "1").add("X-End", "2");

    cross();

    assertThat(up.names()).containsExactly("X-End");
    assertThat(down.names()).containsExactly("X-End");
  }

  @Test
  void passesBetasInTheirDialect() {
    source.add("anthropic-beta", "a").add("OpenAI-Beta", "b").add("X-Theirs", "c");

    cross();

    assertThat(up.names()).containsExactlyInAnyOrder("anthropic-beta", "OpenAI-Beta", "X-Theirs");
    assertThat(across.names()).containsExactly("X-Theirs");
  }
}
