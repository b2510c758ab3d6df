package dev.tollgate.limits;

import java.util.Locale;

/** What is limited. */
public enum Kind {
  /** Calls begun in any minute. */
  REQUESTS,
  /** Tokens of prompts and answers in any minute. */
  TOKENS,
  /** Answers that are streamed at the same time. */
  STREAMS;

  /** In small letters, as messages, metrics and Redis have it. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
