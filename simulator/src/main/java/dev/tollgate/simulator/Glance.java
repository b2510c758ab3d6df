package dev.tollgate.simulator;

import io.vertx.core.buffer.Buffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.node.ObjectNode;

/**
 * All that matters of a request that is simple enough for an answer to be kept ready.
 *
 * @param maximum tokens of output that it admits
 */
record Glance(Dialect dialect, String model, boolean stream, boolean includeUsage, long maximum) {

  private static final Set<String> HARMLESS =
      Set.of("messages", "system", "temperature", "top_p", "top_k", "metadata", "user", "tools");

  /** Reads {@code body}; null: it is not simple, or not even valid. */
  static @Nullable Glance at(Dialect dialect, Buffer body) {
    byte[] bytes = body.getBytes();
    if (hasDirective(bytes)) {
      return null;
    }
    try (JsonParser parser = Json.MAPPER.createParser(bytes)) {
      return parser.nextToken() == JsonToken.START_OBJECT ? read(dialect, parser) : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  /** The same as {@link Dialect#read} would find. */
  Ask ask() {
    ObjectNode body = Json.object().put("model", model).put("stream", stream);
    body.put("max_tokens", maximum).putObject("stream_options").put("include_usage", includeUsage);
    body.putArray("messages").addObject().put("role", "user").put("content", "");
    return dialect.read(body, 0);
  }

  private static @Nullable Glance read(Dialect dialect, JsonParser parser) {
    String model = "";
    boolean stream = false;
    boolean includeUsage = false;
    boolean messages = false;
    long maximum = dialect == AnthropicDialect.INSTANCE ? 0 : OpenAiAsk.DEFAULT_MAXIMUM;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonToken value = parser.nextToken();
      switch (name) {
        case "model" -> model = value == JsonToken.VALUE_STRING ? parser.getString() : "";
        case "stream" -> stream = value == JsonToken.VALUE_TRUE;
        case "max_tokens", "max_completion_tokens" ->
            maximum = value == JsonToken.VALUE_NUMBER_INT ? parser.getLongValue() : 0;
        case "stream_options" -> includeUsage = includesUsage(parser);
        default -> {
          if (!HARMLESS.contains(name)) {
            return null;
          }
          messages |= name.equals("messages") && value == JsonToken.START_ARRAY;
          parser.skipChildren();
        }
      }
    }
    boolean whole = messages && !model.isEmpty() && maximum > 0;
    return whole ? new Glance(dialect, model, stream, includeUsage, maximum) : null;
  }

  private static boolean includesUsage(JsonParser parser) {
    ObjectNode options = parser.readValueAsTree();
    return options.path("include_usage").asBoolean(false);
  }

  /** Whether two brackets open one after the other, as every directive begins. */
  private static boolean hasDirective(byte[] bytes) {
    for (int i = 1; i < bytes.length; i++) {
      if (bytes[i] == '[' && bytes[i - 1] == '[') {
        return true;
      }
    }
    return false;
  }
}
