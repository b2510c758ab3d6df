package dev.tollgate.simulator;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** A provider's wire format: how a request is read and everything else is written. */
sealed interface Dialect permits AnthropicDialect, AzureDialect, OpenAiDialect, ResponsesDialect {

  /** Reads a request for an answer; throws {@link Refusal}. */
  Ask read(ObjectNode body, long bytes);

  /** The answer at once. */
  ObjectNode whole(Answer answer);

  /** The answer as server-sent events, without the terminal one if {@code terminal} is false. */
  List<Buffer> events(Answer answer, int chunks, boolean includeUsage, boolean terminal);

  /** The event that ends a stream which has failed. */
  Buffer errorEvent(String requestId);

  /** An error's body. */
  ObjectNode error(int status, String message, String requestId);

  /** The header that carries the request's identifier. */
  String requestIdHeader();

  ObjectNode model(String id);

  ObjectNode models(List<String> ids);

  /** {@code answer} with its text padded so that {@link #whole} has {@code bytes} bytes. */
  default Answer padded(Answer answer, int bytes) {
    int missing = bytes - Json.bytes(whole(answer)).length();
    if (missing <= 0 || !answer.calls().isEmpty()) {
      return answer;
    }
    String filler = " and so on".repeat(missing / 10 + 1).substring(0, missing);
    return answer.withText(answer.text() + filler);
  }
}
