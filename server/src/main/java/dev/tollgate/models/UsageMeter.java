package dev.tollgate.models;

import dev.tollgate.spend.Usage;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonParser.NumberType;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamContext;

/**
 * Reads a provider's report of usage in its dialect and merges several into one, class by class.
 *
 * <p>Anthropic's streams report twice: what a later report does not name keeps its earlier value,
 * and its counts are cumulative, so that the larger one holds. OpenAI counts cached and audio
 * tokens within its totals; the classes here are disjoint.
 *
 * <p>Only whole numbers of at least nothing are counts, however they are written. A report with one
 * that no call can have ({@link #MOST}) is none.
 */
abstract sealed class UsageMeter {

  /** No call uses so many tokens. */
  static final long MOST = 1_000_000_000L;

  private static final long NO_COUNT = -1;

  long input;
  long cacheRead;
  long cacheWrite5m;
  long cacheWrite1h;
  long output;
  long reasoning;
  long inputAudio;
  long outputAudio;
  long webSearches;
  private boolean beyond;
  private int depth;
  private int ignored;
  private boolean inSteps;
  private boolean outputRead;
  private Map<String, Integer> uses = Map.of();
  private @Nullable String serviceTier;
  private @Nullable String speed;
  private @Nullable String geo;

  static UsageMeter of(Surface surface) {
    return switch (surface) {
      case MESSAGES, COUNT_TOKENS -> new Anthropic();
      case CHAT_COMPLETIONS, RESPONSES -> new OpenAi(false);
      case EMBEDDINGS -> new OpenAi(true);
    };
  }

  /** Reads a report; the parser stands on its opening brace and is left on its closing one. */
  final void read(JsonParser parser) {
    depth = 0;
    ignored = 0;
    inSteps = false;
    JsonToken token = parser.currentToken();
    while (token != null && !token(parser, token)) {
      token = parser.nextToken();
    }
  }

  /**
   * Takes the next token of a report, of which the first is its opening brace.
   *
   * @return whether it was the last
   */
  final boolean token(JsonParser parser, JsonToken token) {
    if (token.isStructStart()) {
      opened(parser, token);
    } else if (token.isStructEnd()) {
      return closed(token);
    } else if (ignored == 0 && token == JsonToken.VALUE_STRING) {
      if (tells(name(parser))) {
        text(name(parser), parser.getString());
      }
    } else if (ignored == 0 && token.isNumeric()) {
      number(section(parser), name(parser), whole(parser, token));
    }
    return false;
  }

  /** Of lists only that of the steps of an answer is read. */
  private void opened(JsonParser parser, JsonToken token) {
    depth++;
    if (token != JsonToken.START_ARRAY || ignored > 0) {
      return;
    }
    if (depth == 2 && name(parser).equals("iterations")) {
      inSteps = true;
      steps();
    } else {
      ignored = depth;
    }
  }

  private boolean closed(JsonToken token) {
    if (ignored == depth) {
      ignored = 0;
    }
    depth--;
    if (inSteps && depth == 2 && token == JsonToken.END_OBJECT) {
      step();
    }
    inSteps &= depth > 1;
    if (depth > 0) {
      return false;
    }
    merge();
    return true;
  }

  private static String name(JsonParser parser) {
    String name = parser.currentName();
    return name == null ? "" : name;
  }

  /** The member of the report, or of one of its steps, that a value stands in; empty: in none. */
  private String section(JsonParser parser) {
    if (depth < 2 || (inSteps && depth == 3)) {
      return "";
    }
    TokenStreamContext outside = parser.streamReadContext().getParent();
    String name = outside == null ? null : outside.currentName();
    return name == null ? "" : name;
  }

  /** A count, as large as it may be written; negative: it is none. */
  private static long whole(JsonParser parser, JsonToken token) {
    if (token == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != NumberType.BIG_INTEGER) {
      return parser.getLongValue();
    }
    double value = parser.getDoubleValue();
    return value == Math.rint(value) ? (long) value : NO_COUNT;
  }

  /** The larger of two counts, of which the second is a report's. */
  final long most(long known, long value) {
    beyond |= value > MOST;
    return Math.max(known, Math.min(value, MOST));
  }

  /** The count of what came out has been read. */
  final void outputRead() {
    outputRead = true;
  }

  /** Whether that was so since this was asked before. */
  final boolean takeOutputRead() {
    boolean read = outputRead;
    outputRead = false;
    return read;
  }

  /** Whether what is read belongs to one step of the answer. */
  final boolean inSteps() {
    return inSteps;
  }

  abstract void number(String section, String name, long value);

  /** A list of steps begins, whose sum is what is billed. */
  abstract void steps();

  /** One of the steps has been read. */
  abstract void step();

  /** A report has been read. */
  abstract void merge();

  /** Whether what went in was counted, and what came out. */
  abstract boolean countedInput();

  abstract boolean countedOutput();

  /** Whether {@link #text} makes something of the member. */
  final boolean tells(String name) {
    return name.equals("service_tier") || name.equals("speed") || name.equals("inference_geo");
  }

  /** A member of a report or beside it, such as {@code service_tier}. */
  final void text(String name, String value) {
    switch (name) {
      case "service_tier" -> serviceTier = value;
      case "speed" -> speed = value;
      case "inference_geo" -> geo = value;
      default -> {}
    }
  }

  /** What of the provider's own tools was used, where a report does not say it. */
  final void used(AnswerItems items) {
    webSearches = Math.max(webSearches, items.searches());
    uses = items.uses();
  }

  final Map<String, Integer> uses() {
    return uses;
  }

  /** Whether any count was read, of whatever use. */
  final boolean counted() {
    return countedInput() || countedOutput();
  }

  /** Whether both what went in and what came out were reported. */
  final boolean reported() {
    return !beyond && countedInput() && countedOutput();
  }

  /** Whether the prompt was reported, which is never empty. */
  final boolean reportedPrompt() {
    return !beyond && countedInput() && usage().prompt() > 0;
  }

  /** Whether anything is said to have come out. */
  final boolean reportedAnswer() {
    return output + outputAudio > 0;
  }

  /** What was reported, all reports merged. */
  final Usage usage() {
    return new Usage(
        input,
        cacheRead,
        cacheWrite5m,
        cacheWrite1h,
        output,
        reasoning,
        inputAudio,
        outputAudio,
        webSearches,
        serviceTier,
        speed,
        geo);
  }

  /** Source: Anthropic's API reference, Messages, {@code usage}. */
  private static final class Anthropic extends UsageMeter {
    private final Counts whole = new Counts();
    private Counts step = whole;
    private @Nullable Counts steps;

    @Override
    void number(String section, String name, long value) {
      if (value < 0) {
        return;
      }
      Counts counts = inSteps() ? step : whole;
      if (section.isEmpty()) {
        top(counts, name, value);
        return;
      }
      switch (name) {
        case "ephemeral_5m_input_tokens" -> counts.for5m = most(counts.for5m, value);
        case "ephemeral_1h_input_tokens" -> counts.for1h = most(counts.for1h, value);
        case "web_search_requests" -> webSearches = most(webSearches, value);
        case "thinking_tokens" -> reasoning = most(reasoning, value);
        default -> {}
      }
    }

    private void top(Counts counts, String name, long value) {
      switch (name) {
        case "input_tokens" -> counts.input = most(counts.input, value);
        case "output_tokens" -> {
          counts.output = most(counts.output, value);
          if (counts == whole) {
            outputRead();
          }
        }
        case "cache_read_input_tokens" -> counts.read = most(counts.read, value);
        case "cache_creation_input_tokens" -> counts.written = most(counts.written, value);
        default -> {}
      }
    }

    @Override
    boolean countedInput() {
      return whole.input >= 0;
    }

    @Override
    boolean countedOutput() {
      return whole.output >= 0;
    }

    @Override
    void steps() {
      steps = new Counts();
      step = new Counts();
    }

    @Override
    void step() {
      Counts sum = steps;
      if (sum != null) {
        sum.input = most(sum.input, sum.input() + step.input());
        sum.output = most(sum.output, sum.output() + step.output());
        sum.read = most(sum.read, sum.read + step.read);
        sum.for5m = most(sum.for5m, sum.for5m + step.for5m());
        sum.for1h = most(sum.for1h, sum.for1h + step.for1h);
        step = new Counts();
      }
    }

    /** The totals leave out steps such as compaction, which are billed as well. */
    @Override
    void merge() {
      Counts prompt = steps != null && steps.prompt() > whole.prompt() ? steps : whole;
      input = prompt.input();
      cacheRead = prompt.read;
      cacheWrite5m = prompt.for5m();
      cacheWrite1h = prompt.for1h;
      output = Math.max(whole.output(), steps == null ? 0 : steps.output());
    }

    /** What one sampling of the model used, or several; input and output -1: not told. */
    private static final class Counts {
      long input = NO_COUNT;
      long output = NO_COUNT;
      long read;
      long written;
      long for5m;
      long for1h;

      long input() {
        return Math.max(0, input);
      }

      long output() {
        return Math.max(0, output);
      }

      /** What was written for an unsaid time was so for the shorter one. */
      long for5m() {
        return Math.max(for5m, written - for1h);
      }

      long prompt() {
        return input() + read + for5m() + for1h;
      }
    }
  }

  /**
   * Source: OpenAI's API reference, {@code usage} of Chat Completions, and of Responses, which has
   * other names for the same.
   */
  private static final class OpenAi extends UsageMeter {
    private final boolean vectors;
    private long prompt = NO_COUNT;
    private long completion = NO_COUNT;
    private long total = NO_COUNT;
    private long written;
    private long writtenForHours;

    /**
     * @param vectors whether the answer has no tokens
     */
    OpenAi(boolean vectors) {
      this.vectors = vectors;
    }

    @Override
    void number(String section, String name, long value) {
      if (value < 0) {
        return;
      }
      switch (section) {
        case "" -> total(name, value);
        case "prompt_tokens_details", "input_tokens_details" -> ofInput(name, value);
        case "completion_tokens_details", "output_tokens_details" -> ofOutput(name, value);
        case "cache_write_tokens_details" -> {
          if (name.equals("ttl_12h_tokens")) {
            writtenForHours = most(writtenForHours, value);
          }
        }
        default -> {}
      }
    }

    private void total(String name, long value) {
      switch (name) {
        case "prompt_tokens", "input_tokens" -> prompt = most(prompt, value);
        case "completion_tokens", "output_tokens" -> completion = most(completion, value);
        case "total_tokens" -> total = value > MOST ? total : Math.max(total, value);
        default -> {}
      }
    }

    private void ofInput(String name, long value) {
      switch (name) {
        case "cached_tokens" -> cacheRead = most(cacheRead, value);
        case "cache_write_tokens" -> written = most(written, value);
        case "audio_tokens" -> inputAudio = most(inputAudio, value);
        default -> {}
      }
    }

    private void ofOutput(String name, long value) {
      switch (name) {
        case "audio_tokens" -> outputAudio = most(outputAudio, value);
        case "reasoning_tokens" -> reasoning = most(reasoning, value);
        default -> {}
      }
    }

    @Override
    boolean countedInput() {
      return prompt >= 0;
    }

    @Override
    boolean countedOutput() {
      return completion >= 0 || vectors || total >= Math.max(0, prompt);
    }

    @Override
    void steps() {
      // None of OpenAI's reports has any; what is in such a list counts for nothing.
    }

    @Override
    void step() {
      // As above.
    }

    /**
     * What was written to a cache is a part of the prompt, as what was read from it is. Some report
     * reasoning beside the completion: then only the total has it.
     */
    @Override
    void merge() {
      cacheWrite1h = Math.min(writtenForHours, written);
      cacheWrite5m = written - cacheWrite1h;
      input = Math.max(0, prompt - cacheRead - written - inputAudio);
      output = Math.max(0, Math.max(completion, total - Math.max(0, prompt)) - outputAudio);
    }
  }
}
