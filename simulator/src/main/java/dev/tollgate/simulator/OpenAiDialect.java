package dev.tollgate.simulator;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's Chat Completions API. Source: OpenAI's API reference. */
enum OpenAiDialect implements Dialect {
  INSTANCE;

  private static final long CREATED = 1_767_225_600L;

  @Override
  public Ask read(ObjectNode body, long bytes) {
    return OpenAiAsk.read(body, bytes);
  }

  @Override
  public ObjectNode whole(Answer answer) {
    return OpenAiAnswer.completion(answer);
  }

  @Override
  public List<Buffer> events(Answer answer, int chunks, boolean includeUsage, boolean terminal) {
    return new OpenAiStream(answer, chunks, includeUsage).events(terminal);
  }

  @Override
  public Buffer errorEvent(String requestId) {
    return OpenAiStream.event(error(503, "The server is overloaded.", requestId));
  }

  @Override
  public ObjectNode error(int status, String message, String requestId) {
    ObjectNode body = Json.object();
    body.putObject("error")
        .put("message", message)
        .put("type", type(status))
        .putNull("param")
        .put("code", code(status));
    return body;
  }

  private static String type(int status) {
    return switch (status) {
      case 429 -> "requests";
      case 401, 403, 404 -> "invalid_request_error";
      default -> status < 500 ? "invalid_request_error" : "server_error";
    };
  }

  private static @Nullable String code(int status) {
    return switch (status) {
      case 401 -> "invalid_api_key";
      case 404 -> "model_not_found";
      case 429 -> "rate_limit_exceeded";
      default -> null;
    };
  }

  @Override
  public String requestIdHeader() {
    return "x-request-id";
  }

  @Override
  public ObjectNode model(String id) {
    return Json.object()
        .put("id", id)
        .put("object", "model")
        .put("created", CREATED)
        .put("owned_by", "simulator");
  }

  @Override
  public ObjectNode models(List<String> ids) {
    ObjectNode list = Json.object().put("object", "list");
    ArrayNode data = list.putArray("data");
    ids.forEach(id -> data.add(model(id)));
    return list;
  }
}
