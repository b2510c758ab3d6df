package dev.tollgate.simulator;

/** What a path stands for, with {@code /v1} or without. */
enum Endpoint {
  MESSAGES,
  COUNT_TOKENS,
  CHAT_COMPLETIONS,
  EMBEDDINGS,
  MODELS,
  UNKNOWN;

  static final String MODEL = "/models/";

  static Endpoint of(String path) {
    String bare = bare(path);
    return switch (bare) {
      case "/messages" -> MESSAGES;
      case "/messages/count_tokens" -> COUNT_TOKENS;
      case "/chat/completions" -> CHAT_COMPLETIONS;
      case "/embeddings" -> EMBEDDINGS;
      case "/models" -> MODELS;
      default -> bare.startsWith(MODEL) ? MODELS : UNKNOWN;
    };
  }

  static String bare(String path) {
    return path.startsWith("/v1/") ? path.substring("/v1".length()) : path;
  }

  /** The dialect that is spoken here; where both are, the caller's header decides. */
  Dialect dialect(boolean anthropicHeader) {
    return switch (this) {
      case MESSAGES, COUNT_TOKENS -> AnthropicDialect.INSTANCE;
      case CHAT_COMPLETIONS, EMBEDDINGS -> OpenAiDialect.INSTANCE;
      case MODELS, UNKNOWN -> anthropicHeader ? AnthropicDialect.INSTANCE : OpenAiDialect.INSTANCE;
    };
  }

  /** Whether a model answers here. */
  boolean generates() {
    return this == MESSAGES || this == CHAT_COMPLETIONS || this == EMBEDDINGS;
  }

  /** The method that is understood here. */
  String method() {
    return this == MODELS ? "GET" : "POST";
  }
}
