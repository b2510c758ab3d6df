package dev.tollgate.http.openai;

import dev.tollgate.kernel.Failure;
import dev.tollgate.models.Envelope;
import dev.tollgate.models.RequestScan;
import dev.tollgate.spend.ByteCounts;
import dev.tollgate.spend.CallShape;
import dev.tollgate.spend.CallShape.Thinking;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a request to Embeddings says that changes its price (OpenAI's API reference, Embeddings).
 * Everything else passes unread.
 */
final class EmbeddingsEnvelope {

  /** Members that something is decided on: twice, and it could be decided on the wrong one. */
  static final Set<String> POLICY = Set.of("model", "input");

  private EmbeddingsEnvelope() {}

  static Envelope read(RequestScan scan) {
    String model = scan.string("model");
    if (model == null || model.isBlank()) {
      throw Failure.invalid("model", "the field model is missing");
    }
    if (!scan.has("input")) {
      throw Failure.invalid("input", "the field input is missing");
    }
    scan.requireTextOrList("input");
    CallShape shape =
        new CallShape(
            input(scan),
            new CallShape.Output(0L, 1, new Thinking.Unsaid(), null),
            new CallShape.Terms(null, null, null, Map.of()),
            new CallShape.Features(false, false, false, false, List.of()));
    return new Envelope(model, shape, scan.spans(), null, true, List.of(), scan.objects());
  }

  /** Numbers are tokens already: what else is in such a body is at most a token a byte. */
  private static CallShape.Input input(RequestScan scan) {
    boolean tokens = scan.numbers() > 0;
    return new CallShape.Input(
        tokens ? scan.numbers() : scan.textBytes(),
        tokens ? ByteCounts.NONE : scan.byteCounts(),
        tokens ? 1 : Math.max(1, scan.inputs()),
        0,
        0,
        0,
        0,
        false,
        CallShape.CacheWrite.NONE);
  }
}
