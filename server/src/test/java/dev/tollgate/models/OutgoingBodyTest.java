package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.Secret;
import dev.tollgate.spend.ByteCounts;
import dev.tollgate.spend.CallShape;
import dev.tollgate.spend.CallShape.CacheWrite;
import dev.tollgate.spend.CallShape.Thinking;
import dev.tollgate.spend.ModelEntry;
import dev.tollgate.spend.PriceCatalogue;
import dev.tollgate.spend.Rewrite;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutgoingBodyTest {

  private static final PriceCatalogue SHIPPED = PriceCatalogue.load(null);
  private static final Provider PROVIDER =
      new Provider(
          ProviderConfig.of(
              "p", Dialect.OPENAI, URI.create("http://127.0.0.1:1/v1"), new Secret("k"), null),
          0);

  private static OutgoingBody body(
      String json, String to, @Nullable Long cap, @Nullable String maximum, Rewrite... rewrites) {
    BodyBytes bytes = BodyBytes.of(json.getBytes(StandardCharsets.UTF_8));
    RequestScan scan = RequestScan.of(RequestScan.factory(32), bytes, Set.of("model"));
    CallShape shape =
        new CallShape(
            new CallShape.Input(0, ByteCounts.NONE, 0, 0, 0, 0, 0, false, CacheWrite.NONE),
            new CallShape.Output(null, 1, new Thinking.Unsaid(), null),
            new CallShape.Terms(null, null, null, Map.of()),
            new CallShape.Features(false, false, false, false, List.of()));
    ModelEntry entry = Objects.requireNonNull(SHIPPED.find("openai", to), to);
    return new OutgoingBody(
        new Leg(
            Surface.CHAT_COMPLETIONS,
            bytes,
            new Envelope("gpt-5", shape, scan.spans(), maximum, true),
            null,
            null),
        new Plan(
            new Choice(PROVIDER, to, entry, null, null), null, cap, "step", List.of(rewrites)));
  }

  @Test
  void capsTheFieldThatARewriteMovesTheMaximumTo() {
    assertThat(
            body(
                    "{\"model\":\"gpt-5\",\"max_completion_tokens\":9000}",
                    "gpt-4o-mini",
                    1_500L,
                    "max_completion_tokens",
                    new Rewrite("max_completion_tokens", null),
                    new Rewrite("max_tokens", "9000"))
                .bytes())
        .hasToString("{\"max_tokens\":1500,\"model\":\"gpt-4o-mini\"}");
  }

  @Test
  void capsTheRequestsOwnFieldWhereNothingMoves() {
    assertThat(
            body("{\"model\":\"gpt-5\",\"max_tokens\":9000}", "gpt-5", 1_500L, "max_tokens")
                .bytes())
        .hasToString("{\"model\":\"gpt-5\",\"max_tokens\":1500}");
    assertThat(body("{\"model\":\"gpt-5\"}", "gpt-5", 1_500L, null).bytes())
        .hasToString("{\"max_completion_tokens\":1500,\"model\":\"gpt-5\"}");
  }

  @Test
  void namesNoFieldThatWasNotThereToBeTakenOut() {
    assertThat(
            body(
                    "{\"model\":\"gpt-5\",\"top_p\":0.5,\"reasoning_effort\":\"max\"}",
                    "gpt-4o-mini",
                    null,
                    null,
                    new Rewrite("temperature", null),
                    new Rewrite("top_p", null),
                    new Rewrite("reasoning_effort", "\"high\""),
                    new Rewrite("output_config.effort", null))
                .rewritten())
        .containsExactly("top_p", "reasoning_effort");
  }
}
