package dev.tollgate.translation;

import org.jspecify.annotations.Nullable;

/**
 * Tokens of one answer, in disjoint classes but for {@code thinking}, which is a part of {@code
 * output}. Anthropic reports them so; OpenAI counts what was cached within the prompt.
 *
 * @param tier Anthropic's name of the tier that served the call; null: not told
 */
record Tokens(
    long input,
    long cacheRead,
    long cacheWrite,
    long output,
    long thinking,
    @Nullable String tier) {

  /** No call uses so many. */
  private static final long MOST = 1_000_000_000L;

  static final Tokens NONE = new Tokens(0, 0, 0, 0, 0, null);

  static Tokens ofMessages(@Nullable Node usage) {
    if (usage == null) {
      return NONE;
    }
    return new Tokens(
        Upstream.whole(usage, "input_tokens"),
        Upstream.whole(usage, "cache_read_input_tokens"),
        Upstream.whole(usage, "cache_creation_input_tokens"),
        Upstream.whole(usage, "output_tokens"),
        Upstream.whole(usage.get("output_tokens_details"), "thinking_tokens"),
        Upstream.text(usage, "service_tier"));
  }

  static Tokens ofChat(Node usage, @Nullable String serviceTier) {
    Node prompt = usage.get("prompt_tokens_details");
    long read = Upstream.whole(prompt, "cached_tokens");
    long written = Upstream.whole(prompt, "cache_write_tokens");
    long all = Upstream.whole(usage, "prompt_tokens");
    return new Tokens(
        Math.max(0, all - read - written),
        read,
        written,
        completion(usage, all),
        Upstream.whole(usage.get("completion_tokens_details"), "reasoning_tokens"),
        anthropicTier(serviceTier));
  }

  /** Some report reasoning beside the completion: then only the total has it. */
  private static long completion(Node usage, long prompt) {
    long told = Upstream.whole(usage, "completion_tokens");
    long total = Upstream.whole(usage, "total_tokens");
    return total > MOST ? told : Math.max(told, total - prompt);
  }

  /** Two reports of one answer: each counts from its beginning, so the larger one holds. */
  Tokens merge(Tokens later) {
    return new Tokens(
        Math.max(input, later.input),
        Math.max(cacheRead, later.cacheRead),
        Math.max(cacheWrite, later.cacheWrite),
        Math.max(output, later.output),
        Math.max(thinking, later.thinking),
        later.tier == null ? tier : later.tier);
  }

  void chat(Out out) {
    long prompt = input + cacheRead + cacheWrite;
    out.object("usage")
        .put("prompt_tokens", prompt)
        .put("completion_tokens", output)
        .put("total_tokens", prompt + output)
        .object("prompt_tokens_details")
        .put("cached_tokens", cacheRead)
        .put("cache_write_tokens", cacheWrite)
        .put("audio_tokens", 0)
        .endObject()
        .object("completion_tokens_details")
        .put("reasoning_tokens", thinking)
        .put("audio_tokens", 0)
        .put("accepted_prediction_tokens", 0)
        .put("rejected_prediction_tokens", 0)
        .endObject()
        .endObject();
  }

  /** OpenAI's name of the tier; null: not told, or none of OpenAI's. */
  @Nullable String chatTier() {
    return switch (tier == null ? "" : tier) {
      case "standard" -> "default";
      case "priority" -> "priority";
      default -> null;
    };
  }

  private static @Nullable String anthropicTier(@Nullable String tier) {
    return switch (tier == null ? "" : tier) {
      case "default" -> "standard";
      case "priority" -> "priority";
      default -> null;
    };
  }

  /** The report of a whole answer, or of the beginning of a stream. */
  void messages(Out out) {
    counts(out.object("usage"))
        .putNull("cache_creation")
        .putNull("inference_geo")
        .put("service_tier", tier)
        .endObject();
  }

  /** The report at the end of a stream. */
  void messagesDelta(Out out) {
    counts(out.object("usage")).endObject();
  }

  private Out counts(Out out) {
    out.put("input_tokens", input)
        .put("cache_creation_input_tokens", cacheWrite)
        .put("cache_read_input_tokens", cacheRead)
        .put("output_tokens", output);
    if (thinking > 0) {
      out.object("output_tokens_details").put("thinking_tokens", thinking).endObject();
    } else {
      out.putNull("output_tokens_details");
    }
    return out.putNull("server_tool_use");
  }
}
