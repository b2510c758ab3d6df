package dev.tollgate.spend;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says before a call what it may cost, from the lengths of its envelope and the catalogue alone.
 *
 * <p>The bound is proven where the provider keeps to its own rules: a byte of text is at most one
 * token, a prompt beyond the window is refused, and an answer is no longer than asked for. What
 * multiplies a call counts at its dearest: choices, cache writes, service tiers, hosted tools. The
 * bound of {@link Estimation#CAPPED} counts text by what reports taught; see {@link Bounds}.
 *
 * @param policy what to do with input that is not in the body
 */
public record Estimator(UnboundedInput policy) {

  /** Longer than any model's window: what bounds a request to a model whose window is not known. */
  static final long MOST_TOKENS = 10_000_000;

  /** The most answers that OpenAI gives to one request ({@code n}). */
  private static final long MOST_CHOICES = 128;

  /** What an answer is left with when it is capped, beside its budget for thinking. */
  private static final long LEAST_OUTPUT = 1_024;

  /**
   * Estimates by {@code mode}.
   *
   * @param learned of the model, for {@link Estimation#CAPPED}
   * @param category the category that was asked for; null: none
   * @param tier the tier of {@code model}, which stands in for a category; null: in none
   */
  public Estimate estimate(
      ModelEntry model,
      CallShape shape,
      Instant at,
      Estimation mode,
      Factors learned,
      @Nullable String category,
      @Nullable Tier tier) {
    return switch (mode) {
      case CAPPED -> bound(model, shape, at, learned);
      case STRICT -> bound(model, shape, at);
      case EXPECTED -> expected(model, shape, at, Average.of(category, tier));
    };
  }

  /** The proven bound. */
  public Estimate bound(ModelEntry model, CallShape shape, Instant at) {
    return bound(model, shape, at, Factors.PROVEN);
  }

  /** The bound of a call whose text becomes at most so many tokens a byte. */
  public Estimate bound(ModelEntry model, CallShape shape, Instant at, Factors factors) {
    if (model.free()) {
      return estimate(BigDecimal.ZERO, BigDecimal.ZERO, output(model, shape), shape);
    }
    Price price = model.price(at);
    if (price == null) {
      return new Estimate.Unpriced();
    }
    String unbounded = unbounded(model, shape);
    if (unbounded != null) {
      return new Estimate.Unbounded(unbounded);
    }
    long tokens = inputTokens(model, shape, factors);
    Rates rates = price.requested(shape.terms(), tokens);
    BigDecimal prompt = dearestInput(rates, model, shape).multiply(BigDecimal.valueOf(tokens));
    BigDecimal input = prompt.add(fees(model, shape));
    if (compacts(shape, tokens)) {
      input = input.add(prompt).add(summary(rates, model));
    }
    return estimate(input, dearestOutput(rates), output(model, shape), shape);
  }

  private static Estimate expected(ModelEntry model, CallShape shape, Instant at, Average average) {
    Price price = model.price(at);
    if (!model.free() && price == null) {
      return new Estimate.Unpriced();
    }
    long output = Math.min(average.output(), output(model, shape));
    if (model.free() || price == null) {
      return estimate(BigDecimal.ZERO, BigDecimal.ZERO, output, shape);
    }
    Rates rates = price.reported(Usage.of(average.input(), 0));
    BigDecimal input = rates.input().multiply(BigDecimal.valueOf(average.input()));
    return estimate(input, rates.output(), output, shape);
  }

  private static Estimate estimate(
      BigDecimal input, BigDecimal nanosPerOutput, long output, CallShape shape) {
    long thinking =
        shape.output().thinking() instanceof CallShape.Thinking.Enabled enabled
            ? Math.clamp(enabled.budgetTokens(), 0, MOST_TOKENS)
            : 0;
    return new Estimate.Bounded(
        Pricing.roundUp(input),
        nanosPerOutput.multiply(BigDecimal.valueOf(choices(shape))),
        output,
        Math.min(output, LEAST_OUTPUT + thinking));
  }

  /** Why no bound can be given; null: one can. */
  private @Nullable String unbounded(ModelEntry model, CallShape shape) {
    CallShape.Input input = shape.input();
    boolean window = needsWindow(shape);
    if (input.external() && policy == UnboundedInput.REFUSE) {
      return "The request names input that is not in its body (a file id, a link or an earlier"
          + " answer), so its cost has no bound; send the content itself";
    }
    if (window && model.capabilities().limits().context() == null) {
      return "The request has input of unknown length, and the catalogue does not know the context"
          + " window of "
          + model.id();
    }
    if (shape.terms().compactsFrom() != null && !shape.terms().hostedTools().isEmpty()) {
      return "The request has its context compacted between calls of the provider's own tools, as"
          + " often as it takes, so its cost has no bound; leave one of them out";
    }
    for (Map.Entry<String, Integer> tool : shape.terms().hostedTools().entrySet()) {
      if (!model.hosts(tool.getKey())) {
        return "The price of the hosted tool " + tool.getKey() + " is not in the catalogue";
      }
      if (tool.getValue() < 0) {
        return "The hosted tool "
            + tool.getKey()
            + " has no maximum of uses; set "
            + (model.dialect().equals("openai") ? "max_tool_calls" : "max_uses");
      }
    }
    return null;
  }

  /** Whether a prompt of so many tokens may be summed up first, and is so read twice. */
  private static boolean compacts(CallShape shape, long tokens) {
    Long from = shape.terms().compactsFrom();
    return from != null && tokens >= from;
  }

  /** The same by the proven bound of the prompt. */
  static boolean mayCompact(ModelEntry model, CallShape shape) {
    return shape.terms().compactsFrom() != null
        && compacts(shape, inputTokens(model, shape, Factors.PROVEN));
  }

  /** The longest summary: the request's own maximum is of its answer. */
  private static BigDecimal summary(Rates rates, ModelEntry model) {
    Capabilities.Limits limits = model.capabilities().limits();
    Long most = limits.maxOutput() == null ? limits.context() : limits.maxOutput();
    return dearestOutput(rates).multiply(BigDecimal.valueOf(most == null ? MOST_TOKENS : most));
  }

  /** Whether the input is longer than the body shows. */
  static boolean needsWindow(CallShape shape) {
    CallShape.Input input = shape.input();
    return input.external()
        || input.documents() > 0
        || input.audios() > 0
        || !shape.terms().hostedTools().isEmpty();
  }

  /** The most tokens that the prompt can be billed as. */
  private static long inputTokens(ModelEntry model, CallShape shape, Factors factors) {
    Capabilities.Limits limits = model.capabilities().limits();
    Long context = limits.context();
    if (context != null && needsWindow(shape)) {
      return context;
    }
    long tokens = visibleTokens(limits, factors, shape);
    return context != null && limits.rejectsOverlong() ? Math.min(tokens, context) : tokens;
  }

  /** The most tokens that what is in the body becomes. */
  static long visibleTokens(Capabilities.Limits limits, Factors factors, CallShape shape) {
    CallShape.Input input = shape.input();
    return factors.textTokens(input.textBytes(), input.classes(), limits.tokensPerByte())
        + besideText(limits, shape);
  }

  /** The tokens of what is in the body, if a byte of text is {@code perByte} tokens. */
  static long visibleTokens(Capabilities.Limits limits, BigDecimal perByte, CallShape shape) {
    long bytes = Math.max(0, shape.input().textBytes());
    return Factors.whole(perByte, bytes) + besideText(limits, shape);
  }

  private static long besideText(Capabilities.Limits limits, CallShape shape) {
    CallShape.Input input = shape.input();
    boolean tools = input.tools() > 0 || !shape.terms().hostedTools().isEmpty();
    return input.messages() * limits.messageOverhead()
        + (tools ? limits.toolOverhead() : 0)
        + input.images() * limits.maxImageTokens();
  }

  private static BigDecimal fees(ModelEntry model, CallShape shape) {
    BigDecimal fees = BigDecimal.ZERO;
    for (Map.Entry<String, Integer> tool : shape.terms().hostedTools().entrySet()) {
      BigDecimal fee = model.fee(tool.getKey());
      if (fee != null) {
        fees = fees.add(fee.multiply(BigDecimal.valueOf(tool.getValue())));
      }
    }
    return fees;
  }

  private static BigDecimal dearestInput(Rates rates, ModelEntry model, CallShape shape) {
    BigDecimal rate = rates.input().max(rates.cacheRead());
    if (shape.input().audios() > 0 || shape.input().external()) {
      rate = rate.max(rates.inputAudio());
    }
    boolean automatic = model.capabilities().limits().automaticCacheWrites();
    return switch (shape.input().cacheWrite()) {
      case NONE -> automatic ? rate.max(rates.cacheWrite5m()) : rate;
      case FIVE_MINUTES -> rate.max(rates.cacheWrite5m());
      case ONE_HOUR -> rate.max(rates.cacheWrite5m()).max(rates.cacheWrite1h());
    };
  }

  private static BigDecimal dearestOutput(Rates rates) {
    return rates.output().max(rates.outputAudio());
  }

  /**
   * The most tokens that one answer can have. A maximum above the model's own is taken as it is, up
   * to the window: the provider may refuse it, and then nothing is charged, but our knowledge of
   * the model's maximum may also be the older one.
   */
  static long output(ModelEntry model, CallShape shape) {
    Capabilities.Limits limits = model.capabilities().limits();
    long context = limits.context() == null ? MOST_TOKENS : limits.context();
    Long asked = shape.output().maxTokens();
    if (asked != null) {
      return Math.clamp(asked, 0, context);
    }
    return limits.maxOutput() == null ? context : limits.maxOutput();
  }

  static long choices(CallShape shape) {
    return Math.clamp(shape.output().choices(), 1, MOST_CHOICES);
  }
}
