package dev.tollgate.spend;

import com.knuddels.jtokkit.api.Encoding;
import dev.tollgate.models.BodyBytes;
import dev.tollgate.models.RequestScan;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.core.json.JsonFactory;

/** One model with a real vocabulary, and the bounds that are learned of it. */
final class LearnedText {

  private static final JsonFactory JSON = RequestScan.factory(64);
  private static final Set<String> POLICY = Set.of("model", "messages");
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final Estimator ESTIMATOR = new Estimator(UnboundedInput.WINDOW);

  /** OpenAI's rule for chats: tokens around each message, and before the answer. */
  private static final long AROUND = 4;

  /** What MODEL costs: 2.50 USD a million tokens of input. */
  private static final long NANOS_A_TOKEN = 2_500;

  private static final ModelEntry MODEL =
      Objects.requireNonNull(PriceCatalogue.load(null).find("openai", "gpt-4o"));

  private final Bounds bounds = Bounds.alone(new SimpleMeterRegistry());

  /**
   * A chat.
   *
   * @param body as it is sent
   * @param texts what the model reads of it
   */
  record Request(String body, List<String> texts) {}

  /** What is seen of a chat, and how many tokens its prompt has. */
  record Sample(CallShape shape, long tokens) {}

  /** Tokens of a prompt: its bounds, and its own. */
  record Measured(long proven, long learned, long tokens) {
    boolean above() {
      return tokens > learned;
    }
  }

  static Sample sample(Encoding encoding, Request request) {
    long tokens = AROUND;
    for (String text : request.texts()) {
      tokens += AROUND + encoding.countTokensOrdinary(text);
    }
    return new Sample(shape(request), tokens);
  }

  void teach(Sample sample) {
    bounds.report("openai", MODEL, sample.shape(), null, Usage.of(sample.tokens(), 1));
  }

  void share() {
    bounds.share();
  }

  Factors factors() {
    return bounds.factors("openai", MODEL);
  }

  Measured measure(Sample sample) {
    return new Measured(
        bound(sample.shape(), Factors.PROVEN), bound(sample.shape(), factors()), sample.tokens());
  }

  private static long bound(CallShape shape, Factors factors) {
    Estimate.Bounded bounded = (Estimate.Bounded) ESTIMATOR.bound(MODEL, shape, NOW, factors);
    return bounded.input().nanos() / NANOS_A_TOKEN;
  }

  private static CallShape shape(Request request) {
    RequestScan scan =
        RequestScan.of(JSON, BodyBytes.of(request.body().getBytes(StandardCharsets.UTF_8)), POLICY);
    return new CallShape(
        new CallShape.Input(
            scan.textBytes(),
            scan.byteCounts(),
            scan.messages(),
            0,
            0,
            0,
            0,
            false,
            CallShape.CacheWrite.NONE),
        new CallShape.Output(100L, 1, new CallShape.Thinking.Unsaid(), null),
        new CallShape.Terms(null, null, null, Map.of()),
        new CallShape.Features(false, false, false, false, List.of()));
  }
}
