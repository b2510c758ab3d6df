package dev.tollgate.simulator;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Anthropic's Messages API. Source: Anthropic's API reference. */
enum AnthropicDialect implements Dialect {
  INSTANCE;

  @Override
  public Ask read(ObjectNode body, long bytes) {
    return AnthropicAsk.read(body, bytes);
  }

  @Override
  public ObjectNode whole(Answer answer) {
    return AnthropicAnswer.message(answer);
  }

  @Override
  public List<Buffer> events(Answer answer, int chunks, boolean includeUsage, boolean terminal) {
    return new AnthropicStream(answer, chunks).events(terminal);
  }

  @Override
  public Buffer errorEvent(String requestId) {
    return AnthropicStream.event("error", error(529, "Overloaded", requestId));
  }

  @Override
  public ObjectNode error(int status, String message, String requestId) {
    ObjectNode error = Json.object().put("type", "error");
    error.putObject("error").put("type", type(status)).put("message", message);
    return error.put("request_id", requestId);
  }

  private static String type(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 402 -> "billing_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 413 -> "request_too_large";
      case 429 -> "rate_limit_error";
      case 504 -> "timeout_error";
      case 529 -> "overloaded_error";
      default -> status < 500 ? "invalid_request_error" : "api_error";
    };
  }

  @Override
  public String requestIdHeader() {
    return "request-id";
  }

  @Override
  public ObjectNode model(String id) {
    return Json.object()
        .put("type", "model")
        .put("id", id)
        .put("display_name", "Simulated " + id)
        .put("created_at", "2026-01-01T00:00:00Z")
        .put("lifecycle", "active")
        .putNull("line")
        .putNull("capabilities")
        .putNull("max_input_tokens")
        .putNull("max_tokens")
        .putNull("deprecated_at")
        .putNull("retires_at");
  }

  @Override
  public ObjectNode models(List<String> ids) {
    ObjectNode page = Json.object();
    ArrayNode data = page.putArray("data");
    ids.forEach(id -> data.add(model(id)));
    return page.put("has_more", false)
        .put("first_id", ids.getFirst())
        .put("last_id", ids.getLast());
  }
}
