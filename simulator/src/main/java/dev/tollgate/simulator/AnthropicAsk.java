package dev.tollgate.simulator;

import dev.tollgate.simulator.Ask.Service;
import dev.tollgate.simulator.Ask.Tool;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads a request of Anthropic's Messages API. */
final class AnthropicAsk {

  private AnthropicAsk() {}

  static Ask read(ObjectNode body, long bytes) {
    JsonNode last = Messages.last(body);
    JsonNode thinking = body.path("thinking");
    String kind = Json.text(thinking.path("type"));
    return new Ask(
        Messages.model(body),
        body.path("stream").asBoolean(false),
        maximum(body),
        1,
        true,
        kind.equals("enabled") || kind.equals("adaptive"),
        !Json.text(thinking.path("display")).equals("omitted"),
        service(body),
        Json.text(last.path("role")).equals("user") ? Messages.text(last) : "",
        Messages.has(last.path("content"), "tool_result"),
        tools(body),
        Ask.hosted(body.path("tools")),
        forced(body.path("tool_choice")),
        format(body),
        prompt(body),
        bytes);
  }

  static Prompt prompt(ObjectNode body) {
    return Prompt.of(body, List.of(body.path("tools"), body.path("system"), body.path("messages")));
  }

  private static long maximum(ObjectNode body) {
    JsonNode maximum = body.path("max_tokens");
    if (!maximum.isIntegralNumber() || maximum.longValue() < 1) {
      throw Refusal.invalid("max_tokens: Field required, and at least 1");
    }
    return maximum.longValue();
  }

  private static Service service(ObjectNode body) {
    String speed = Json.text(body.path("speed"));
    String geo = Json.text(body.path("inference_geo"));
    return new Service("standard", speed.isEmpty() ? null : speed, geo.isEmpty() ? null : geo);
  }

  private static List<Tool> tools(ObjectNode body) {
    return body.path("tools").values().stream()
        .filter(tool -> tool.path("input_schema").isObject())
        .map(tool -> new Tool(Json.text(tool.path("name")), tool.path("input_schema")))
        .toList();
  }

  private static @Nullable String forced(JsonNode choice) {
    return switch (Json.text(choice.path("type"))) {
      case "any" -> "";
      case "tool" -> Json.text(choice.path("name"));
      default -> null;
    };
  }

  private static @Nullable JsonNode format(ObjectNode body) {
    JsonNode current = body.path("output_config").path("format").path("schema");
    JsonNode schema = current.isObject() ? current : body.path("output_format").path("schema");
    return schema.isObject() ? schema : null;
  }
}
