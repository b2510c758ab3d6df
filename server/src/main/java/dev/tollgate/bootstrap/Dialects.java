package dev.tollgate.bootstrap;

import dev.tollgate.http.admin.AdminErrors;
import dev.tollgate.http.anthropic.AnthropicErrors;
import dev.tollgate.http.engine.ErrorDialect;
import dev.tollgate.http.openai.OpenAiErrors;
import dev.tollgate.models.Dialect;
import io.vertx.core.http.HttpServerRequest;

/** Which dialect a request is in, where its path alone does not tell. */
final class Dialects {

  private static final ErrorDialect ANTHROPIC = new AnthropicErrors();
  private static final ErrorDialect OPENAI = new OpenAiErrors();
  private static final ErrorDialect ADMIN = new AdminErrors();

  private Dialects() {}

  /** Anthropic's SDKs send a version with every request; nobody else does. */
  static Dialect of(HttpServerRequest request) {
    String path = request.path();
    boolean anthropic =
        request.getHeader("anthropic-version") != null
            || (path != null && path.startsWith("/v1/messages"));
    return anthropic ? Dialect.ANTHROPIC : Dialect.OPENAI;
  }

  static ErrorDialect errors(HttpServerRequest request) {
    String path = request.path();
    if (path == null || !path.startsWith("/v1/")) {
      return ADMIN;
    }
    return switch (of(request)) {
      case ANTHROPIC -> ANTHROPIC;
      case OPENAI -> OPENAI;
    };
  }
}
