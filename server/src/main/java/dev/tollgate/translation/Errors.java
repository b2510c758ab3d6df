package dev.tollgate.translation;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** A provider's error as the other dialect writes one: same status, same message. */
final class Errors {

  private static final int LONGEST_TEXT = 2_000;

  private Errors() {}

  /**
   * What a provider said went wrong.
   *
   * @param kind its own name for it; null: none
   */
  record Said(String message, @Nullable String kind) {

    /** Reads a body, which may be anything. */
    static Said of(int status, byte[] body) {
      try {
        Node node = Node.parse(body, 0, body.length);
        Said said = read(node);
        if (said != null) {
          return said;
        }
      } catch (JacksonException notJson) {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        // A proxy's page tells a person nothing that the status does not.
        if (!text.isEmpty() && text.length() <= LONGEST_TEXT && text.charAt(0) != '<') {
          return new Said(text, null);
        }
      }
      return new Said("the provider answered with status " + status + " and no message", null);
    }

    /** Reads an event of a stream. */
    static Said of(Node event) {
      Said said = read(event);
      return said != null ? said : new Said("the provider broke its answer off", null);
    }

    private static @Nullable Said read(Node node) {
      Node error = node.get("error");
      if (error != null && error.is(Node.Kind.STRING)) {
        return new Said(error.text(), null);
      }
      Node inner = error == null ? node : error;
      String message = Upstream.text(inner, "message");
      if (message == null) {
        message = Upstream.text(inner, "detail");
      }
      String code = Upstream.text(inner, "code");
      String kind = code == null ? Upstream.text(inner, "type") : code;
      return message == null ? null : new Said(message, kind);
    }
  }

  static byte[] openAi(int status, Said said) {
    Out out = new Out();
    openAi(status, said, out);
    return out.bytes();
  }

  static void openAi(int status, Said said, Out out) {
    out.object()
        .object("error")
        .put("message", said.message)
        .put("type", openAiType(status))
        .putNull("param")
        .put("code", status == 429 ? "rate_limit_exceeded" : said.kind)
        .endObject()
        .endObject();
  }

  static byte[] anthropic(int status, Said said, @Nullable String requestId) {
    Out out = new Out();
    out.object();
    anthropic(status, said, requestId, out.put("type", "error"));
    return out.endObject().bytes();
  }

  static void anthropic(int status, Said said, @Nullable String requestId, Out out) {
    out.object("error").put("type", anthropicType(status)).put("message", said.message).endObject();
    out.put("request_id", requestId);
  }

  /** The status that an error in the middle of a stream would have had. */
  static int status(Said said) {
    return switch (said.kind == null ? "" : said.kind) {
      case "invalid_request_error" -> 400;
      case "authentication_error", "invalid_api_key" -> 401;
      case "billing_error" -> 402;
      case "permission_error" -> 403;
      case "not_found_error", "model_not_found" -> 404;
      case "request_too_large" -> 413;
      case "rate_limit_error", "rate_limit_exceeded", "insufficient_quota" -> 429;
      case "timeout_error" -> 504;
      case "overloaded_error" -> 529;
      default -> 500;
    };
  }

  private static String openAiType(int status) {
    if (status == 429) {
      return "requests";
    }
    return status >= 500 ? "server_error" : "invalid_request_error";
  }

  private static String anthropicType(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 402 -> "billing_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 504 -> "timeout_error";
      case 503, 529 -> "overloaded_error";
      default -> status >= 500 ? "api_error" : "invalid_request_error";
    };
  }
}
