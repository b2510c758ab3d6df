package dev.tollgate.translation;

import org.jspecify.annotations.Nullable;

/** Why an answer ended, in both dialects. */
final class Reasons {

  static final String REFUSAL = "refusal";

  private Reasons() {}

  /**
   * OpenAI's {@code finish_reason}. A turn that Anthropic paused is unfinished, and {@code length}
   * is the only word for that.
   */
  static String finish(String stopReason) {
    return switch (stopReason) {
      case "tool_use" -> "tool_calls";
      case "max_tokens", "model_context_window_exceeded", "pause_turn" -> "length";
      case REFUSAL -> "content_filter";
      // end_turn, stop_sequence, and what is not known yet.
      default -> "stop";
    };
  }

  /**
   * Anthropic's {@code stop_reason}. Where a function was demanded by name, OpenAI says {@code
   * stop} and calls it all the same. Which of several stop sequences was met, OpenAI never says.
   */
  static String stop(@Nullable String finishReason, boolean calls, boolean refused) {
    if (refused) {
      return REFUSAL;
    }
    return switch (finishReason == null ? "" : finishReason) {
      case "length" -> "max_tokens";
      case "content_filter" -> REFUSAL;
      default -> calls ? "tool_use" : "end_turn";
    };
  }
}
