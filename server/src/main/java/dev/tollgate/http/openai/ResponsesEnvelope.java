package dev.tollgate.http.openai;

import dev.tollgate.kernel.Failure;
import dev.tollgate.models.Envelope;
import dev.tollgate.models.RequestScan;
import dev.tollgate.spend.CallShape;
import dev.tollgate.spend.CallShape.CacheWrite;
import dev.tollgate.spend.CallShape.Thinking;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a request to Responses says that changes its price, its route or a policy (OpenAI's API
 * reference, Responses). Everything else passes unread.
 */
final class ResponsesEnvelope {

  /** Members that something is decided on: twice, and it could be decided on the wrong one. */
  static final Set<String> POLICY =
      Set.of(
          "model",
          "input",
          "instructions",
          "tools",
          "tool_choice",
          "max_output_tokens",
          "max_tool_calls",
          "stream",
          "service_tier",
          "reasoning",
          "text",
          "background",
          "previous_response_id",
          "conversation",
          "prompt",
          "prompt_cache_options",
          "truncation");

  /** Tools with a type of their own that run at the caller's, where they cost nothing. */
  private static final Set<String> CALLERS_OWN =
      Set.of(
          "namespace",
          "tool_search",
          "computer",
          "computer_use_preview",
          "local_shell",
          "apply_patch");

  /** Run at the provider, which bills tokens for them and no uses. */
  private static final Set<String> UNBILLED = Set.of("mcp");

  /** What is asked for by a {@code reasoning} that names no effort. */
  private static final String USUAL_EFFORT = "medium";

  private static final String MAXIMUM = "max_output_tokens";

  private ResponsesEnvelope() {}

  static Envelope read(RequestScan scan) {
    String model = scan.string("model");
    if (model == null || model.isBlank()) {
      throw Failure.invalid("model", "the field model is missing");
    }
    scan.refuseOtherModels();
    scan.requireTextOrList("input");
    if (scan.bool("background")) {
      throw Failure.invalid(
          "background",
          "background is not offered here: such an answer costs after its call has ended; leave it"
              + " out, and stream a long answer");
    }
    CallShape shape =
        new CallShape(
            input(scan),
            new CallShape.Output(
                scan.whole(MAXIMUM, 1), 1, new Thinking.Unsaid(), effort(scan.tree("reasoning"))),
            new CallShape.Terms(scan.string("service_tier"), null, null, hostedTools(scan)),
            new CallShape.Features(
                scan.bool("stream"),
                forcesTool(scan),
                false,
                structured(scan.tree("text")),
                List.of()));
    return new Envelope(model, shape, scan.spans(), MAXIMUM, true, scan.opening(), scan.objects());
  }

  private static CallShape.Input input(RequestScan scan) {
    int turns = Math.max(1, scan.inputs()) + (scan.has("instructions") ? 1 : 0);
    return new CallShape.Input(
        scan.textBytes(),
        scan.byteCounts(),
        turns,
        scan.tools(),
        scan.images(),
        scan.documents(),
        scan.audios(),
        scan.external()
            || scan.has("previous_response_id")
            || scan.has("conversation")
            || scan.has("prompt"),
        cacheWrite(scan.tree("prompt_cache_options")));
  }

  /** Half an hour is what is there without being asked for; whatever else is the longer one. */
  private static CacheWrite cacheWrite(@Nullable JsonNode options) {
    String ttl = options == null ? "" : options.path("ttl").stringValue("");
    return ttl.isEmpty() || ttl.equals("30m") ? CacheWrite.NONE : CacheWrite.ONE_HOUR;
  }

  private static @Nullable String effort(@Nullable JsonNode reasoning) {
    return reasoning == null ? null : reasoning.path("effort").stringValue(USUAL_EFFORT);
  }

  private static boolean structured(@Nullable JsonNode text) {
    return text != null && text.path("format").path("type").stringValue("").equals("json_schema");
  }

  private static boolean forcesTool(RequestScan scan) {
    String choice = scan.text("tool_choice");
    if (choice != null) {
      return choice.equals("required");
    }
    JsonNode object = scan.tree("tool_choice");
    return object != null && !object.path("mode").stringValue("required").equals("auto");
  }

  /** Each may be used as often as the request admits for all of them together. */
  private static Map<String, Integer> hostedTools(RequestScan scan) {
    Map<String, Integer> hosted = new HashMap<>(scan.hostedTools());
    hosted.keySet().removeAll(CALLERS_OWN);
    if (hosted.containsKey("shell") && shellsAreLocal(scan)) {
      hosted.remove("shell");
    }
    Long most = scan.whole("max_tool_calls", 1);
    int uses = most == null ? -1 : Math.toIntExact(most);
    hosted.replaceAll((tool, declared) -> UNBILLED.contains(tool) ? 0 : uses);
    return hosted;
  }

  /** One that an item of the conversation brought is taken for the provider's. */
  private static boolean shellsAreLocal(RequestScan scan) {
    if (scan.broughtTools().contains("shell")) {
      return false;
    }
    JsonNode tools = scan.tree("tools");
    return tools != null
        && tools
            .valueStream()
            .filter(tool -> tool.path("type").stringValue("").equals("shell"))
            .allMatch(
                tool -> tool.path("environment").path("type").stringValue("").equals("local"));
  }
}
