package dev.tollgate.http.openai;

import dev.tollgate.kernel.Failure;
import dev.tollgate.models.Envelope;
import dev.tollgate.models.RequestScan;
import dev.tollgate.spend.CallShape;
import dev.tollgate.spend.CallShape.Thinking;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a request to Chat Completions says that changes its price, its route or a policy (OpenAI's
 * API reference, Chat). Everything else passes unread.
 */
final class ChatEnvelope {

  /** Members that something is decided on: twice, and it could be decided on the wrong one. */
  static final Set<String> POLICY =
      Set.of(
          "model",
          "messages",
          "tools",
          "tool_choice",
          "functions",
          "function_call",
          "max_tokens",
          "max_completion_tokens",
          "n",
          "stream",
          "stream_options",
          "service_tier",
          "reasoning_effort",
          "response_format",
          "web_search_options",
          "modalities",
          "prediction");

  private ChatEnvelope() {}

  static Envelope read(RequestScan scan) {
    String model = scan.string("model");
    if (model == null || model.isBlank()) {
      throw Failure.invalid("model", "the field model is missing");
    }
    scan.refuseOtherModels();
    Long maximum = scan.whole("max_completion_tokens", 1);
    Long older = scan.whole("max_tokens", 1);
    Long choices = scan.whole("n", 1);
    CallShape shape =
        new CallShape(
            new CallShape.Input(
                scan.textBytes(),
                scan.byteCounts(),
                scan.messages(),
                scan.tools() + (scan.has("functions") ? 1 : 0),
                scan.images(),
                scan.documents(),
                scan.audios(),
                scan.external(),
                CallShape.CacheWrite.NONE),
            new CallShape.Output(
                maximum != null ? maximum : older,
                choices == null ? 1 : Math.toIntExact(choices),
                new Thinking.Unsaid(),
                scan.string("reasoning_effort")),
            new CallShape.Terms(scan.string("service_tier"), null, null, hostedTools(scan)),
            new CallShape.Features(
                scan.bool("stream"),
                forcesTool(scan),
                false,
                structured(scan.tree("response_format")),
                List.of()));
    return new Envelope(
        model,
        shape,
        scan.spans(),
        maximumField(scan),
        usageAsked(scan),
        scan.opening(),
        scan.objects());
  }

  /** Where both are there, the newer one is what the provider goes by. */
  private static @Nullable String maximumField(RequestScan scan) {
    if (scan.has("max_completion_tokens")) {
      return "max_completion_tokens";
    }
    return scan.has("max_tokens") ? "max_tokens" : null;
  }

  private static boolean usageAsked(RequestScan scan) {
    JsonNode options = scan.tree("stream_options");
    return options != null && options.path("include_usage").asBoolean(false);
  }

  private static boolean forcesTool(RequestScan scan) {
    String choice = scan.text("tool_choice");
    return "required".equals(choice) || (choice == null && scan.has("tool_choice"));
  }

  private static boolean structured(@Nullable JsonNode format) {
    return format != null && format.path("type").stringValue("").equals("json_schema");
  }

  private static Map<String, Integer> hostedTools(RequestScan scan) {
    Map<String, Integer> hosted = new HashMap<>(scan.hostedTools());
    if (scan.has("web_search_options")) {
      // Chat Completions searches at most once a request.
      hosted.put("web_search", 1);
    }
    return hosted;
  }
}
