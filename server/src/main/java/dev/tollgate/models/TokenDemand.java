package dev.tollgate.models;

import dev.tollgate.limits.Demand;
import dev.tollgate.spend.CallShape;
import dev.tollgate.spend.ModelEntry;
import dev.tollgate.spend.Usage;

/**
 * How many tokens a call is taken to use until its provider has reported: a token for every three
 * bytes of text, a fixed number for an image, and the answer's maximum as the request states it.
 * The report corrects it.
 */
final class TokenDemand {

  private static final long BYTES_PER_TOKEN = 3;
  private static final long PER_IMAGE = 1_600;

  /** Where a request states no maximum: few answers are longer. */
  private static final long UNSTATED = 4_096;

  private TokenDemand() {}

  static Demand of(CallShape shape, ModelEntry entry) {
    long text = Math.ceilDiv(Math.max(0, shape.input().textBytes()), BYTES_PER_TOKEN);
    long images = PER_IMAGE * shape.input().images();
    long choices = Math.clamp(shape.output().choices(), 1, 128);
    return new Demand(text + images + output(shape, entry) * choices, shape.features().stream());
  }

  private static long output(CallShape shape, ModelEntry entry) {
    Long most = entry.capabilities().limits().maxOutput();
    Long stated = shape.output().maxTokens();
    long wanted = stated == null ? UNSTATED : Math.max(0, stated);
    return most == null ? wanted : Math.min(wanted, most);
  }

  /** Every token that was reported, whatever it costs. */
  static long used(Usage usage) {
    return usage.prompt() + usage.output() + usage.outputAudio();
  }
}
