package dev.tollgate.simulator;

import io.vertx.core.buffer.Buffer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON in and out. */
final class Json {

  static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  static Buffer bytes(Object value) {
    return Buffer.buffer(MAPPER.writeValueAsBytes(value));
  }

  /** The object that a request carries; refused when it is none. */
  static ObjectNode read(Buffer body) {
    JsonNode node;
    try {
      node = MAPPER.readTree(body.getBytes());
    } catch (JacksonException e) {
      throw Refusal.invalid("The request body is not valid JSON: " + e.getOriginalMessage());
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw Refusal.invalid("The request body is not a JSON object.");
  }

  /** A string, or "" for anything else. */
  static String text(JsonNode node) {
    return node.isString() ? node.stringValue() : "";
  }
}
