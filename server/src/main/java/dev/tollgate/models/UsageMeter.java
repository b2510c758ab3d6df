package dev.tollgate.models;

import dev.tollgate.spend.Usage;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads a provider's report of usage in its dialect and merges several into one, class by class.
 *
 * <p>Anthropic's streams report twice: what a later report does not name keeps its earlier value,
 * and its counts are cumulative, so that the larger one holds. OpenAI counts cached and audio
 * tokens within its totals; the classes here are disjoint.
 */
abstract sealed class UsageMeter {

  boolean reported;
  long input;
  long cacheRead;
  long cacheWrite5m;
  long cacheWrite1h;
  long output;
  long reasoning;
  long inputAudio;
  long outputAudio;
  long webSearches;
  @Nullable String serviceTier;
  @Nullable String speed;
  @Nullable String geo;

  static UsageMeter of(Dialect dialect) {
    return switch (dialect) {
      case ANTHROPIC -> new Anthropic();
      case OPENAI -> new OpenAi();
    };
  }

  /** Reads a report; the parser stands on its opening brace and is left on its closing one. */
  final void read(JsonParser parser) {
    members(parser, "");
    merged();
  }

  /** A report has been read to its end. */
  final void merged() {
    reported = true;
    merge();
  }

  private void members(JsonParser parser, String under) {
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken token = parser.nextToken();
      switch (token) {
        case START_OBJECT -> members(parser, name);
        case START_ARRAY -> parser.skipChildren();
        case VALUE_NUMBER_INT -> number(under, name, parser.getLongValue());
        case VALUE_STRING -> text(name, parser.getString());
        default -> {}
      }
    }
  }

  abstract void number(String under, String name, long value);

  abstract void merge();

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

  /** Whether any report was read. */
  final boolean reported() {
    return reported;
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
    private long written;
    private boolean split;

    @Override
    void number(String under, String name, long value) {
      switch (name) {
        case "input_tokens" -> input = top(under) ? Math.max(input, value) : input;
        case "output_tokens" -> output = top(under) ? Math.max(output, value) : output;
        case "cache_read_input_tokens" ->
            cacheRead = top(under) ? Math.max(cacheRead, value) : cacheRead;
        case "cache_creation_input_tokens" ->
            written = top(under) ? Math.max(written, value) : written;
        case "ephemeral_5m_input_tokens" -> {
          split = true;
          cacheWrite5m = Math.max(cacheWrite5m, value);
        }
        case "ephemeral_1h_input_tokens" -> {
          split = true;
          cacheWrite1h = Math.max(cacheWrite1h, value);
        }
        case "web_search_requests" -> webSearches = Math.max(webSearches, value);
        case "thinking_tokens" -> reasoning = Math.max(reasoning, value);
        default -> {}
      }
    }

    private static boolean top(String under) {
      return under.isEmpty();
    }

    @Override
    void merge() {
      if (!split) {
        cacheWrite5m = written;
      } else if (cacheWrite5m + cacheWrite1h < written) {
        cacheWrite5m = written - cacheWrite1h;
      }
    }
  }

  /** Source: OpenAI's API reference, Chat Completions, {@code usage}. */
  private static final class OpenAi extends UsageMeter {
    private long prompt;
    private long completion;

    @Override
    void number(String under, String name, long value) {
      switch (under + "/" + name) {
        case "/prompt_tokens" -> prompt = Math.max(prompt, value);
        case "/completion_tokens" -> completion = Math.max(completion, value);
        case "prompt_tokens_details/cached_tokens" -> cacheRead = Math.max(cacheRead, value);
        case "prompt_tokens_details/audio_tokens" -> inputAudio = Math.max(inputAudio, value);
        case "completion_tokens_details/audio_tokens" -> outputAudio = Math.max(outputAudio, value);
        case "completion_tokens_details/reasoning_tokens" -> reasoning = Math.max(reasoning, value);
        default -> {}
      }
    }

    @Override
    void merge() {
      input = Math.max(0, prompt - cacheRead - inputAudio);
      output = Math.max(0, completion - outputAudio);
    }
  }
}
