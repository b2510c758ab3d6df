package dev.tollgate.models;

/** A route of a wire format: where it is at a provider, and how its requests are written. */
public enum Surface {
  MESSAGES(Dialect.ANTHROPIC, "/v1/messages"),
  COUNT_TOKENS(Dialect.ANTHROPIC, "/v1/messages/count_tokens"),
  CHAT_COMPLETIONS(Dialect.OPENAI, "/chat/completions"),
  EMBEDDINGS(Dialect.OPENAI, "/embeddings");

  private final Dialect dialect;
  private final String path;

  Surface(Dialect dialect, String path) {
    this.dialect = dialect;
    this.path = path;
  }

  /** Where conversations are held in {@code dialect}. */
  static Surface conversations(Dialect dialect) {
    return switch (dialect) {
      case ANTHROPIC -> MESSAGES;
      case OPENAI -> CHAT_COMPLETIONS;
    };
  }

  public Dialect dialect() {
    return dialect;
  }

  /** Below a provider's base URL, which ends with {@code /v1} for OpenAI's dialect alone. */
  public String path() {
    return path;
  }

  /** The route at the gateway. */
  public String route() {
    return dialect == Dialect.OPENAI ? "/v1" + path : path;
  }

  /** Whether another model can stand in: vectors of two models cannot be compared. */
  boolean convertible() {
    return this != EMBEDDINGS;
  }

  /** Whether the usage of a stream has to be asked for. */
  boolean asksForUsage() {
    return this == CHAT_COMPLETIONS;
  }
}
