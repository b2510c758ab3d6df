package dev.tollgate.simulator;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's Responses API. Source: OpenAI's API reference. */
enum ResponsesDialect implements Dialect {
  INSTANCE;

  private static final Dialect OPENAI = OpenAiDialect.INSTANCE;

  @Override
  public Ask read(ObjectNode body, long bytes) {
    return ResponsesAsk.read(body, bytes);
  }

  @Override
  public ObjectNode whole(Answer answer) {
    return ResponsesAnswer.response(answer);
  }

  @Override
  public List<Buffer> events(Answer answer, int chunks, boolean includeUsage, boolean terminal) {
    return new ResponsesStream(answer, chunks).events(terminal);
  }

  @Override
  public Buffer errorEvent(String requestId) {
    ObjectNode event =
        Json.object().put("type", "error").put("sequence_number", 0).putNull("param");
    event.put("code", "server_error").put("message", "The server is overloaded.");
    return ResponsesStream.event(event);
  }

  @Override
  public ObjectNode error(int status, String message, String requestId) {
    return OPENAI.error(status, message, requestId);
  }

  @Override
  public String requestIdHeader() {
    return OPENAI.requestIdHeader();
  }

  @Override
  public ObjectNode model(String id) {
    return OPENAI.model(id);
  }

  @Override
  public ObjectNode models(List<String> ids) {
    return OPENAI.models(ids);
  }
}
