package dev.tollgate.simulator;

import dev.tollgate.simulator.Ask.Service;
import dev.tollgate.simulator.Ask.Tool;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads a request of OpenAI's Chat Completions API. */
final class OpenAiAsk {

  static final long DEFAULT_MAXIMUM = 4_096;
  private static final int MOST_CHOICES = 128;

  private OpenAiAsk() {}

  static Ask read(ObjectNode body, long bytes) {
    JsonNode last = Messages.last(body);
    String role = Json.text(last.path("role"));
    String effort = Json.text(body.path("reasoning_effort"));
    return new Ask(
        Messages.model(body),
        body.path("stream").asBoolean(false),
        maximum(body),
        choices(body.path("n")),
        body.path("stream_options").path("include_usage").asBoolean(false),
        !effort.isEmpty() && !effort.equals("none") && !effort.equals("minimal"),
        false,
        new Service(tier(Json.text(body.path("service_tier"))), null, null),
        role.equals("user") ? Messages.text(last) : "",
        role.equals("tool") || role.equals("function"),
        tools(body),
        body.path("audio").isObject() ? List.of("audio") : List.of(),
        forced(body.path("tool_choice")),
        format(body.path("response_format")),
        Prompt.of(Json.object(), List.of(body.path("tools"), body.path("messages"))),
        bytes);
  }

  private static long maximum(ObjectNode body) {
    JsonNode current = body.path("max_completion_tokens");
    JsonNode maximum = current.isIntegralNumber() ? current : body.path("max_tokens");
    long most = maximum.isIntegralNumber() ? maximum.longValue() : DEFAULT_MAXIMUM;
    if (most < 1) {
      throw Refusal.invalid("Invalid 'max_completion_tokens': at least 1 is needed.");
    }
    return most;
  }

  private static int choices(JsonNode n) {
    long choices = n.isIntegralNumber() ? n.longValue() : 1;
    if (choices < 1 || choices > MOST_CHOICES) {
      throw Refusal.invalid("Invalid 'n': a number from 1 to " + MOST_CHOICES + " is needed.");
    }
    return (int) choices;
  }

  static String tier(String asked) {
    return asked.isEmpty() || asked.equals("auto") ? "default" : asked;
  }

  private static List<Tool> tools(ObjectNode body) {
    return body.path("tools").values().stream()
        .map(tool -> tool.path("function"))
        .filter(JsonNode::isObject)
        .map(tool -> new Tool(Json.text(tool.path("name")), tool.path("parameters")))
        .toList();
  }

  private static @Nullable String forced(JsonNode choice) {
    if (choice.isObject()) {
      return Json.text(choice.path("function").path("name"));
    }
    return Json.text(choice).equals("required") ? "" : null;
  }

  private static @Nullable JsonNode format(JsonNode format) {
    return switch (Json.text(format.path("type"))) {
      case "json_schema" -> format.path("json_schema").path("schema");
      case "json_object" -> Json.object().put("type", "object");
      default -> null;
    };
  }
}
