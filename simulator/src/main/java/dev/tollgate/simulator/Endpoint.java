package dev.tollgate.simulator;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a path stands for, with {@code /v1} or without, or as Azure has it. */
enum Endpoint {
  MESSAGES,
  COUNT_TOKENS,
  CHAT_COMPLETIONS,
  RESPONSES,
  RESPONSE,
  EMBEDDINGS,
  MODELS,
  UNKNOWN;

  static final String MODEL = "/models/";
  static final String STORED = "/responses/";

  private static final Pattern AZURE = Pattern.compile("/openai(?:/v1|/deployments/[^/]+)?(/.+)");

  static Endpoint of(String path) {
    String bare = bare(path);
    return switch (bare) {
      case "/messages" -> MESSAGES;
      case "/messages/count_tokens" -> COUNT_TOKENS;
      case "/chat/completions" -> CHAT_COMPLETIONS;
      case "/responses" -> RESPONSES;
      case "/embeddings" -> EMBEDDINGS;
      case "/models" -> MODELS;
      default -> bare.startsWith(MODEL) ? MODELS : bare.startsWith(STORED) ? RESPONSE : UNKNOWN;
    };
  }

  static String bare(String path) {
    Matcher azure = AZURE.matcher(path);
    if (azure.matches()) {
      return azure.group(1);
    }
    return path.startsWith("/v1/") ? path.substring("/v1".length()) : path;
  }

  /** Whether it is one of Azure OpenAI's addresses. */
  static boolean isAzure(String path) {
    return path.startsWith("/openai/");
  }

  /** Whether the address is one that names its version. */
  static boolean isVersioned(String path) {
    return isAzure(path) && !path.startsWith("/openai/v1/");
  }

  /** The dialect that is spoken here; where both are, the caller's header decides. */
  Dialect dialect(boolean azure, boolean anthropicHeader) {
    if (azure && this != RESPONSES && this != RESPONSE) {
      return AzureDialect.INSTANCE;
    }
    return switch (this) {
      case MESSAGES, COUNT_TOKENS -> AnthropicDialect.INSTANCE;
      case CHAT_COMPLETIONS, EMBEDDINGS -> OpenAiDialect.INSTANCE;
      case RESPONSES, RESPONSE -> ResponsesDialect.INSTANCE;
      case MODELS, UNKNOWN -> anthropicHeader ? AnthropicDialect.INSTANCE : OpenAiDialect.INSTANCE;
    };
  }

  /** Whether a model answers here. */
  boolean generates() {
    return this == MESSAGES || this == CHAT_COMPLETIONS || this == RESPONSES || this == EMBEDDINGS;
  }

  /** Whether equal requests may get the very same answer: not where each has an id that is used. */
  boolean repeats() {
    return generates() && this != RESPONSES;
  }

  /** Whether {@code method} is understood here. */
  boolean understands(String method) {
    return switch (this) {
      case MODELS -> method.equals("GET");
      case RESPONSE -> method.equals("GET") || method.equals("DELETE");
      default -> method.equals("POST");
    };
  }
}
