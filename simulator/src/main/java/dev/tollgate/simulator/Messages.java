package dev.tollgate.simulator;

import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What both dialects' requests have in common. */
final class Messages {

  private static final Set<String> TEXTS = Set.of("text", "input_text", "output_text");

  private Messages() {}

  static String model(ObjectNode body) {
    String model = Json.text(body.path("model"));
    if (model.isEmpty()) {
      throw Refusal.invalid("model: Field required");
    }
    return model;
  }

  static JsonNode last(ObjectNode body) {
    JsonNode messages = body.path("messages");
    if (!messages.isArray() || messages.isEmpty()) {
      throw Refusal.invalid("messages: at least one message is required");
    }
    return messages.path(messages.size() - 1);
  }

  /** The text of a message, whether it is a string or parts. */
  static String text(JsonNode message) {
    JsonNode content = message.path("content");
    if (content.isString()) {
      return content.stringValue();
    }
    return content.values().stream()
        .filter(part -> TEXTS.contains(Json.text(part.path("type"))))
        .map(part -> Json.text(part.path("text")))
        .collect(Collectors.joining("\n"));
  }

  /** The first {@code length} characters at most, none of them torn. */
  static String cut(String text, long length) {
    if (text.length() <= length) {
      return text;
    }
    int end = (int) length;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
  }

  static boolean has(JsonNode content, String type) {
    return content.values().stream().anyMatch(part -> Json.text(part.path("type")).equals(type));
  }
}
