package dev.tollgate.translation;

/**
 * What a request says of the form of its answer.
 *
 * @param usage whether a stream ends with a report of usage (OpenAI's {@code
 *     stream_options.include_usage}; to callers of Messages it always does)
 * @param thinking whether thinking is shown (Anthropic's {@code thinking.display})
 */
public record Asked(boolean usage, boolean thinking) {}
