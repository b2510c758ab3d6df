package dev.tollgate.simulator;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Values that satisfy a JSON Schema, as small as they may be. */
final class Samples {

  private static final int DEEPEST = 16;

  private final JsonNode root;
  private final String filler;

  private Samples(JsonNode root, String filler) {
    this.root = root;
    this.filler = filler;
  }

  /** An object for {@code schema} whose strings are {@code filler} where they are free. */
  static JsonNode of(JsonNode schema, String filler) {
    JsonNode sample = new Samples(schema, filler).sample(schema, 0);
    return sample.isObject() ? sample : Json.object();
  }

  private JsonNode sample(JsonNode schema, int depth) {
    if (depth > DEEPEST) {
      return JsonNodeFactory.instance.nullNode();
    }
    JsonNode given = given(schema);
    if (!given.isMissingNode()) {
      return given;
    }
    JsonNode inner = referred(schema);
    return inner.isMissingNode() ? byType(schema, depth) : sample(inner, depth + 1);
  }

  private static JsonNode given(JsonNode schema) {
    for (String name : new String[] {"const", "default"}) {
      if (schema.has(name)) {
        return schema.path(name);
      }
    }
    return schema.path("enum").path(0);
  }

  /** The schema that this one stands for: a reference's target, or its first alternative. */
  private JsonNode referred(JsonNode schema) {
    String reference = Json.text(schema.path("$ref"));
    if (reference.startsWith("#/")) {
      return root.at(reference.substring(1));
    }
    for (String name : new String[] {"anyOf", "oneOf", "allOf"}) {
      if (schema.path(name).isArray()) {
        return schema.path(name).path(0);
      }
    }
    return schema.path("$never");
  }

  private JsonNode byType(JsonNode schema, int depth) {
    JsonNode type = schema.path("type");
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (Json.text(type.isArray() ? type.path(0) : type)) {
      case "string" -> nodes.stringNode(string(schema));
      case "integer", "number" ->
          schema.has("minimum") ? schema.path("minimum") : nodes.numberNode(1);
      case "boolean" -> nodes.booleanNode(true);
      case "array" -> array(schema, depth);
      case "null" -> nodes.nullNode();
      default -> object(schema, depth);
    };
  }

  private String string(JsonNode schema) {
    String sample =
        switch (Json.text(schema.path("format"))) {
          case "date" -> "2026-01-01";
          case "date-time" -> "2026-01-01T00:00:00Z";
          case "email" -> "simulated@example.com";
          case "uri" -> "https://example.com/simulated";
          case "uuid" -> "00000000-0000-4000-8000-000000000000";
          default -> filler;
        };
    int least = (int) Math.min(schema.path("minLength").asLong(0), 10_000);
    return sample.length() >= least ? sample : sample + ".".repeat(least - sample.length());
  }

  private ArrayNode array(JsonNode schema, int depth) {
    ArrayNode array = Json.array();
    long items = Math.min(schema.path("minItems").asLong(0), 100);
    for (int i = 0; i < items; i++) {
      array.add(sample(schema.path("items"), depth + 1));
    }
    return array;
  }

  private ObjectNode object(JsonNode schema, int depth) {
    ObjectNode object = Json.object();
    JsonNode required = schema.path("required");
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      boolean wanted =
          required.values().stream().anyMatch(name -> Json.text(name).equals(property.getKey()));
      if (wanted) {
        object.set(property.getKey(), sample(property.getValue(), depth + 1));
      }
    }
    return object;
  }
}
