package dev.tollgate.simulator;

import dev.tollgate.simulator.Ask.Service;
import dev.tollgate.simulator.Ask.Tool;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads a request of OpenAI's Responses API. */
final class ResponsesAsk {

  private ResponsesAsk() {}

  static Ask read(ObjectNode body, long bytes) {
    JsonNode last = last(body.path("input"));
    String effort = Json.text(body.path("reasoning").path("effort"));
    return new Ask(
        Messages.model(body),
        body.path("stream").asBoolean(false),
        maximum(body.path("max_output_tokens")),
        1,
        true,
        !effort.isEmpty() && !effort.equals("none") && !effort.equals("minimal"),
        false,
        new Service(OpenAiAsk.tier(Json.text(body.path("service_tier"))), null, null),
        said(last),
        Json.text(last.path("type")).endsWith("_call_output"),
        tools(body),
        Ask.hosted(body.path("tools")),
        forced(body.path("tool_choice")),
        format(body.path("text").path("format")),
        Prompt.of(
            Json.object(),
            List.of(body.path("tools"), body.path("instructions"), body.path("input"))),
        bytes);
  }

  private static JsonNode last(JsonNode input) {
    return input.isArray() && !input.isEmpty() ? input.path(input.size() - 1) : input;
  }

  /** What the user said: all of the input, or the last of its items. */
  private static String said(JsonNode last) {
    if (last.isString()) {
      return last.stringValue();
    }
    return Json.text(last.path("role")).equals("user") ? Messages.text(last) : "";
  }

  private static long maximum(JsonNode maximum) {
    long most = maximum.isIntegralNumber() ? maximum.longValue() : OpenAiAsk.DEFAULT_MAXIMUM;
    if (most < 16) {
      throw Refusal.invalid("Invalid 'max_output_tokens': at least 16 is needed.");
    }
    return most;
  }

  private static List<Tool> tools(ObjectNode body) {
    return body.path("tools").values().stream()
        .filter(tool -> Json.text(tool.path("type")).equals("function"))
        .map(tool -> new Tool(Json.text(tool.path("name")), tool.path("parameters")))
        .toList();
  }

  private static @Nullable String forced(JsonNode choice) {
    if (choice.isObject()) {
      return Json.text(choice.path("name"));
    }
    return Json.text(choice).equals("required") ? "" : null;
  }

  private static @Nullable JsonNode format(JsonNode format) {
    return switch (Json.text(format.path("type"))) {
      case "json_schema" -> format.path("schema");
      case "json_object" -> Json.object().put("type", "object");
      default -> null;
    };
  }
}
