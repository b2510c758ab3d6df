package dev.tollgate.demo;

import com.anthropic.errors.RateLimitException;
import com.anthropic.models.ErrorType;
import java.math.BigDecimal;
import java.util.function.Consumer;

/** One run through every step of the default ladder, by money that is really spent. */
final class Descent {

  private static final long SMALL = 1_000;
  private static final String OPENAI_CODE = "organization_spend_limit_exceeded";

  /** A little below each step: $1.00, $0.20 and $0.10. */
  private static final BigDecimal BELOW_PREMIUM = new BigDecimal("0.95");

  private static final BigDecimal BELOW_STANDARD = new BigDecimal("0.15");
  private static final BigDecimal BELOW_BLOCK = new BigDecimal("0.09");

  private final Screen screen;
  private final Books books;
  private final AnthropicCaller anthropic;
  private final OpenAiCaller openAi;
  private final Consumer<String> section;

  Descent(
      Screen screen,
      Books books,
      AnthropicCaller anthropic,
      OpenAiCaller openAi,
      Consumer<String> section) {
    this.screen = screen;
    this.books = books;
    this.anthropic = anthropic;
    this.openAi = openAi;
    this.section = section;
  }

  void tell() {
    section.accept("Below $1.00 the premium tier gives way");
    spend(Models.PREMIUM, Models.PREMIUM, BELOW_PREMIUM);
    downgraded(Models.PREMIUM, "premium_threshold", "less than $1.00 is left");
    Told standard = anthropic.call(Models.STANDARD, SMALL, "The standard tier still stands?");
    Expectations.asAsked(standard);
    screen.call(books.enter(standard));
    section.accept("Below $0.20 the standard tier gives way");
    spend(Models.STANDARD, Models.STANDARD, BELOW_STANDARD);
    downgraded(Models.STANDARD, "standard_threshold", "less than $0.20 is left");
    section.accept("Below $0.10 nothing goes out");
    spend(Models.STANDARD, Models.ECONOMY, BELOW_BLOCK);
    refused();
  }

  /** Spends down to {@code target} by one long answer of {@code served}. */
  private void spend(String asked, String served, BigDecimal target) {
    long tokens = Prices.of(served).outputFor(books.remaining().subtract(target));
    Told told = anthropic.call(asked, tokens, "Write at length. [[sim: output-tokens=max]]");
    Unexpected.unlessSame("the model of a long answer", served, told.headers().served());
    Unexpected.unlessSame("tokens of a long answer", tokens, told.output());
    screen.call(books.enter(told));
    screen.note("%,d tokens of output".formatted(tokens));
    Pauses.aSecond();
  }

  private void downgraded(String asked, String reason, String meaning) {
    Told told = anthropic.call(asked, SMALL, "Are you there?");
    Unexpected.unlessSame("x-tollgate-model", Models.ECONOMY, told.headers().served());
    Unexpected.unlessSame("x-tollgate-downgraded", reason, told.headers().downgraded());
    screen.call(books.enter(told));
    screen.reason("x-tollgate-downgraded", reason, meaning);
  }

  private void refused() {
    try {
      anthropic.call(Models.ECONOMY, SMALL, "One more?");
      throw tooFar();
    } catch (RateLimitException e) {
      Expectations.refusal(e.statusCode(), e.headers()::values);
      Unexpected.unlessSame(
          "the type of the error", ErrorType.BILLING_ERROR, e.type().orElse(null));
      screen.refusal(
          "Anthropic SDK", "RateLimitException, 429 billing_error", e.apiMessage().orElse(""));
    }
    try {
      openAi.call(Models.OPENAI, SMALL, "One more?");
      throw tooFar();
    } catch (com.openai.errors.RateLimitException e) {
      Expectations.refusal(e.statusCode(), e.headers()::values);
      Unexpected.unlessSame("the code of the error", OPENAI_CODE, e.code().orElse(null));
      screen.refusal(
          "OpenAI SDK", "RateLimitException, 429 " + OPENAI_CODE, String.valueOf(e.getMessage()));
    }
  }

  private static Unexpected tooFar() {
    return new Unexpected("a call went through although less than $0.10 is left");
  }
}
