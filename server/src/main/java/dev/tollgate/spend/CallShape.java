package dev.tollgate.spend;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All of a request that its price, its bound or its policy depends on; read from the envelope while
 * it passes, without a tokenizer.
 */
public record CallShape(Input input, Output output, Terms terms, Features features) {

  /**
   * What goes in.
   *
   * @param textBytes bytes of the body that may become text tokens: all but embedded images' data
   * @param classes what {@code textBytes} are made of, as far as it is known
   * @param messages turns of the conversation, the system prompt counted as one
   * @param tools definitions of tools
   * @param images embedded or linked images
   * @param documents embedded documents, such as PDF
   * @param audios embedded audio
   * @param external input that is not in the body at all: file ids, URLs of documents, previous
   *     responses
   * @param cacheWrite the longest prompt cache that the request writes
   */
  public record Input(
      long textBytes,
      ByteCounts classes,
      int messages,
      int tools,
      int images,
      int documents,
      int audios,
      boolean external,
      CacheWrite cacheWrite) {}

  /** The lifetime of a prompt cache that is written. */
  public enum CacheWrite {
    NONE,
    FIVE_MINUTES,
    ONE_HOUR
  }

  /**
   * What may come out.
   *
   * @param maxTokens the request's own maximum, of one choice; null: not given
   * @param choices how many answers are asked for ({@code n})
   * @param thinking how reasoning is asked for
   * @param effort the effort asked for ({@code effort}, {@code reasoning_effort})
   */
  public record Output(
      @Nullable Long maxTokens, int choices, Thinking thinking, @Nullable String effort) {}

  /** How reasoning is asked for: Anthropic's {@code thinking}. */
  public sealed interface Thinking {
    /** The field is not there. */
    record Unsaid() implements Thinking {}

    record Disabled() implements Thinking {}

    record Adaptive() implements Thinking {}

    /** Only between the calls of tools: {@code between_tools}. */
    record BetweenTools() implements Thinking {}

    record Enabled(long budgetTokens) implements Thinking {}
  }

  /**
   * What multiplies the price.
   *
   * @param hostedTools tools that the provider runs and bills, each with its declared maximum of
   *     uses, -1 where none is declared
   * @param compactsFrom from so many tokens of a prompt on the provider has the model sum it up
   *     first, which it bills as well; null: never
   */
  public record Terms(
      @Nullable String serviceTier,
      @Nullable String speed,
      @Nullable String geo,
      Map<String, Integer> hostedTools,
      @Nullable Long compactsFrom) {

    /** Of a request whose prompt is answered as it is. */
    public Terms(
        @Nullable String serviceTier,
        @Nullable String speed,
        @Nullable String geo,
        Map<String, Integer> hostedTools) {
      this(serviceTier, speed, geo, hostedTools, null);
    }
  }

  /**
   * What a model must be able to do to serve the request.
   *
   * @param forcedTool whether a tool is forced rather than offered
   * @param thinkingBlocks whether the history carries signed blocks of reasoning
   * @param structuredOutput whether the answer must follow a schema
   * @param betas the beta features named in the request's header
   */
  public record Features(
      boolean stream,
      boolean forcedTool,
      boolean thinkingBlocks,
      boolean structuredOutput,
      List<String> betas) {}

  /** The same with a maximum of {@code maxTokens}, if it has one that is higher. */
  public CallShape capped(long maxTokens) {
    Long asked = output.maxTokens();
    if (asked == null || asked <= maxTokens) {
      return this;
    }
    return new CallShape(
        input,
        new Output(maxTokens, output.choices(), output.thinking(), output.effort()),
        terms,
        features);
  }
}
