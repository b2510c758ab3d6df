package dev.tollgate.models;

import dev.tollgate.spend.Rewrite;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A route of a wire format: where it is at a provider, and how its requests are written. */
public enum Surface {
  MESSAGES(Dialect.ANTHROPIC, "/v1/messages"),
  COUNT_TOKENS(Dialect.ANTHROPIC, "/v1/messages/count_tokens"),
  CHAT_COMPLETIONS(Dialect.OPENAI, "/chat/completions"),
  RESPONSES(Dialect.OPENAI, "/responses"),
  EMBEDDINGS(Dialect.OPENAI, "/embeddings");

  /** Chat's names of the longest answer, which depend on the model. */
  private static final Set<String> MAXIMA = Set.of("max_tokens", "max_completion_tokens");

  private final Dialect dialect;
  private final String path;

  Surface(Dialect dialect, String path) {
    this.dialect = dialect;
    this.path = path;
  }

  /** Where conversations are held in {@code dialect}. */
  public static Surface conversations(Dialect dialect) {
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

  /** Where the same conversations are held in the other dialect; null: nowhere. */
  @Nullable Surface across() {
    return switch (this) {
      case MESSAGES, COUNT_TOKENS -> CHAT_COMPLETIONS;
      case CHAT_COMPLETIONS -> MESSAGES;
      case RESPONSES, EMBEDDINGS -> null;
    };
  }

  /** Whether another model can stand in: vectors of two models cannot be compared. */
  boolean convertible() {
    return this != EMBEDDINGS;
  }

  /**
   * Rewrites of fields as this surface names them, of those that its dialect has other names for.
   */
  List<Rewrite> written(List<Rewrite> rewrites) {
    return this == RESPONSES
        ? rewrites.stream()
            .filter(rewrite -> !MAXIMA.contains(rewrite.path()))
            .map(Surface::ofResponses)
            .toList()
        : rewrites;
  }

  /** A model without an effort takes no {@code reasoning} at all. */
  private static Rewrite ofResponses(Rewrite rewrite) {
    return rewrite.path().equals("reasoning_effort")
        ? new Rewrite(rewrite.json() == null ? "reasoning" : "reasoning.effort", rewrite.json())
        : rewrite;
  }

  /** Whether the usage of a stream has to be asked for. */
  boolean asksForUsage() {
    return this == CHAT_COMPLETIONS;
  }
}
