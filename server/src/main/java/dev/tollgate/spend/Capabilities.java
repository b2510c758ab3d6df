package dev.tollgate.spend;

import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a model can do and how large it is, as its provider documents it.
 *
 * @param refusedBetas beta features that the provider refuses for this model
 */
public record Capabilities(
    Limits limits, Input input, Tools tools, Reasoning reasoning, List<String> refusedBetas) {

  /** A model of which nothing is known: nothing is denied, and nothing is bounded. */
  public static final Capabilities UNKNOWN =
      new Capabilities(
          new Limits(null, null, 0, 16, 1024, BigDecimal.ONE, false, false),
          new Input(true, true, true),
          new Tools(true, true, true),
          new Reasoning(
              Set.of(Form.values()),
              false,
              Hidden.ALWAYS,
              List.of(),
              Binding.NONE,
              true,
              "max_tokens"),
          List.of());

  public Capabilities {
    refusedBetas = List.copyOf(refusedBetas);
  }

  /**
   * Sizes, in tokens.
   *
   * @param context the window that prompt and answer share; null: not known
   * @param maxOutput the longest answer; null: not known
   * @param maxImageTokens the most that one image can cost
   * @param messageOverhead what the provider adds to each turn
   * @param toolOverhead what the provider adds to a prompt that has tools
   * @param tokensPerByte the most tokens that a byte of text can become
   * @param rejectsOverlong whether a prompt beyond the window is refused rather than cut
   * @param automaticCacheWrites whether the provider caches, and bills for it, without being asked
   */
  public record Limits(
      @Nullable Long context,
      @Nullable Long maxOutput,
      long maxImageTokens,
      long messageOverhead,
      long toolOverhead,
      BigDecimal tokensPerByte,
      boolean rejectsOverlong,
      boolean automaticCacheWrites) {}

  /** What it takes beside text. */
  public record Input(boolean images, boolean documents, boolean audio) {}

  /**
   * What it does beside text.
   *
   * @param forced whether a tool may be forced rather than offered
   */
  public record Tools(boolean offered, boolean forced, boolean structuredOutput) {}

  /**
   * How it thinks.
   *
   * @param forms the forms of {@code thinking} that it accepts; without {@link Form#DISABLED} a
   *     thinking model is always on
   * @param unasked whether it thinks when nothing is said of it
   * @param hidden whether reasoning is billed that the caller does not see
   * @param efforts the efforts that it accepts, least first
   * @param blocks what a signed block of reasoning is bound to
   * @param sampling whether temperature and the like may be set
   * @param maximumField the field of a request that limits its output
   */
  public record Reasoning(
      Set<Form> forms,
      boolean unasked,
      Hidden hidden,
      List<String> efforts,
      Binding blocks,
      boolean sampling,
      String maximumField) {

    public Reasoning {
      forms = Set.copyOf(forms);
      efforts = List.copyOf(efforts);
    }
  }

  /** A form of the field {@code thinking}. */
  public enum Form {
    DISABLED,
    BETWEEN_TOOLS,
    ENABLED,
    ADAPTIVE
  }

  /** When reasoning is billed that is not delivered in full. */
  public enum Hidden {
    NEVER,
    /** Only where the request has thinking on; what is delivered is a summary. */
    THINKING,
    ALWAYS
  }

  /** What a signed block of reasoning is bound to: whatever it names must stay the same. */
  public enum Binding {
    NONE,
    ACCOUNT,
    MODEL,
    MODEL_AND_ACCOUNT;

    public boolean toModel() {
      return this == MODEL || this == MODEL_AND_ACCOUNT;
    }

    public boolean toAccount() {
      return this == ACCOUNT || this == MODEL_AND_ACCOUNT;
    }
  }
}
