package dev.tollgate.simulator;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a request asks for, whichever dialect it came in.
 *
 * @param maximum tokens of output that it admits for each choice
 * @param includeUsage whether a stream of the OpenAI dialect ends in a report
 * @param reasons whether thinking or an effort of reasoning was asked for
 * @param showThinking whether the text of thinking may be shown
 * @param said the text of the last message, if it is the user's
 * @param toolAnswered whether the last message is a tool's result
 * @param tools the caller's own tools, in order
 * @param hosted tools of the provider's own, by type without a version
 * @param forced the tool to call without being asked; "" any; null: none
 * @param format the schema that the answer's text must satisfy; null: free text
 * @param bodyBytes the size of the request
 */
record Ask(
    String model,
    boolean stream,
    long maximum,
    int choices,
    boolean includeUsage,
    boolean reasons,
    boolean showThinking,
    Service service,
    String said,
    boolean toolAnswered,
    List<Tool> tools,
    List<String> hosted,
    @Nullable String forced,
    @Nullable JsonNode format,
    Prompt prompt,
    long bodyBytes) {

  /** The types of the tools in {@code tools} that are the provider's own. */
  static List<String> hosted(JsonNode tools) {
    return tools.values().stream()
        .map(tool -> Json.text(tool.path("type")))
        .filter(type -> !type.isEmpty() && !type.equals("function") && !type.equals("custom"))
        .map(type -> type.replaceFirst("_20[0-9_]+$", ""))
        .toList();
  }

  /** A tool's name and the schema of its arguments. */
  record Tool(String name, JsonNode schema) {}

  /** How the call is to be served, echoed in the report; null: not reported. */
  record Service(@Nullable String tier, @Nullable String speed, @Nullable String geo) {}
}
