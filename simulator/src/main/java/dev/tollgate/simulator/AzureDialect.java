package dev.tollgate.simulator;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Chat Completions as Azure OpenAI has them: OpenAI's, with the verdicts of its content filter, and
 * errors of its own. Source: Microsoft's API reference, Azure OpenAI.
 */
enum AzureDialect implements Dialect {
  INSTANCE;

  private static final Dialect OPENAI = OpenAiDialect.INSTANCE;
  private static final List<String> HARMS = List.of("hate", "self_harm", "sexual", "violence");

  @Override
  public Ask read(ObjectNode body, long bytes) {
    return OPENAI.read(body, bytes);
  }

  @Override
  public ObjectNode whole(Answer answer) {
    ObjectNode whole = OPENAI.whole(answer);
    for (JsonNode choice : whole.path("choices")) {
      ((ObjectNode) choice).set("content_filter_results", safe());
    }
    return prompt(whole);
  }

  /** A stream begins with the verdict on the prompt, in a chunk that has no choice. */
  @Override
  public List<Buffer> events(Answer answer, int chunks, boolean includeUsage, boolean terminal) {
    ObjectNode first =
        Json.object().put("id", "").put("object", "").put("created", 0).put("model", "");
    first.putArray("choices");
    List<Buffer> events = new ArrayList<>();
    events.add(OpenAiStream.event(prompt(first)));
    events.addAll(OPENAI.events(answer, chunks, includeUsage, terminal));
    return events;
  }

  private static ObjectNode prompt(ObjectNode to) {
    to.putArray("prompt_filter_results")
        .addObject()
        .put("prompt_index", 0)
        .set("content_filter_results", safe());
    return to;
  }

  private static ObjectNode safe() {
    ObjectNode results = Json.object();
    for (String harm : HARMS) {
      results.putObject(harm).put("filtered", false).put("severity", "safe");
    }
    return results;
  }

  @Override
  public Buffer errorEvent(String requestId) {
    return OPENAI.errorEvent(requestId);
  }

  /** A 400 is the content filter's; what it says of the prompt comes along. */
  @Override
  public ObjectNode error(int status, String message, String requestId) {
    ObjectNode body = Json.object();
    ObjectNode error = body.putObject("error").put("message", message);
    if (status != 400) {
      error.put("code", Integer.toString(status));
      return body;
    }
    error.putNull("type").put("param", "prompt").put("code", "content_filter").put("status", 400);
    ObjectNode verdict = safe();
    verdict.putObject("violence").put("filtered", true).put("severity", "high");
    error
        .putObject("innererror")
        .put("code", "ResponsibleAIPolicyViolation")
        .set("content_filter_result", verdict);
    return body;
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
