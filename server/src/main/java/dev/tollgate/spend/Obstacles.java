package dev.tollgate.spend;

import java.math.BigDecimal;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What keeps a model from serving a request that was written for another. */
record Obstacles(String dialect, ModelEntry from, ModelEntry to, CallShape shape) {

  /**
   * How many tokens a byte of text hardly ever exceeds. Whether a prompt fits a smaller window is a
   * guess either way; by the proven bound of one token a byte, three prompts in four would be
   * turned away for nothing.
   */
  private static final BigDecimal LIKELY_TOKENS_PER_BYTE = new BigDecimal("0.5");

  /** The first that is found; null: none. */
  @Nullable String first() {
    return Stream.of(wire(), input(), tools(), lengths(), bindings(), terms())
        .filter(reason -> !reason.isEmpty())
        .findFirst()
        .orElse(null);
  }

  private String wire() {
    return to.dialect().equals(dialect) ? "" : "it speaks " + to.dialect();
  }

  private String input() {
    Capabilities.Input takes = to.capabilities().input();
    if (shape.input().images() > 0 && !takes.images()) {
      return "it takes no images";
    }
    if (shape.input().documents() > 0 && !takes.documents()) {
      return "it takes no documents";
    }
    return shape.input().audios() > 0 && !takes.audio() ? "it takes no audio" : "";
  }

  private String tools() {
    Capabilities.Tools does = to.capabilities().tools();
    if (shape.input().tools() > 0 && !does.offered()) {
      return "it uses no tools";
    }
    if (shape.features().forcedTool() && !does.forced()) {
      return "no tool can be forced on it";
    }
    if (shape.features().structuredOutput() && !does.structuredOutput()) {
      return "it follows no schema";
    }
    for (String tool : shape.terms().hostedTools().keySet()) {
      if (!to.hosts(tool)) {
        return "it has no hosted tool " + tool;
      }
    }
    return "";
  }

  private String lengths() {
    Capabilities.Limits limits = to.capabilities().limits();
    Long asked = shape.output().maxTokens();
    if (asked != null && limits.maxOutput() != null && asked > limits.maxOutput()) {
      return "its longest answer is " + limits.maxOutput() + " tokens";
    }
    Long window = limits.context();
    Long before = from.capabilities().limits().context();
    if (window == null || (before != null && before <= window)) {
      return "";
    }
    long likely = Estimator.visibleTokens(limits, LIKELY_TOKENS_PER_BYTE, shape);
    return likely + (asked == null ? 0 : asked) > window || shape.input().external()
        ? "its context window is " + window + " tokens"
        : "";
  }

  private String bindings() {
    boolean bound =
        from.capabilities().reasoning().blocks().toModel()
            || to.capabilities().reasoning().blocks().toModel();
    if (shape.features().thinkingBlocks() && bound && !from.id().equals(to.id())) {
      return "the conversation's thinking blocks are bound to the model that wrote them";
    }
    for (String beta : shape.features().betas()) {
      if (to.capabilities().refusedBetas().contains(beta)) {
        return "it refuses the beta " + beta;
      }
    }
    return "";
  }

  /** Where inference runs is the caller's to decide, so it is never rewritten away. */
  private String terms() {
    String geo = shape.terms().geo();
    return geo == null || to.offersGeo(geo) ? "" : "it cannot be kept to the geography " + geo;
  }
}
