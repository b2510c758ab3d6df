package dev.tollgate.translation;

import static dev.tollgate.translation.Members.cannot;

import dev.tollgate.translation.Node.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The JSON schema that an answer must satisfy, in both dialects. Messages holds every answer to its
 * schema strictly; its schema has neither name nor description beside it.
 */
record ResponseSchema(Node schema, @Nullable Node description) {

  /** Reads OpenAI's {@code json_schema}. */
  static ResponseSchema of(Members format) {
    Members named = Members.of(format.need("json_schema", Kind.OBJECT), format.path("json_schema"));
    // The name is a label, and strict is what Messages is anyway.
    named.drop("name", "strict");
    Node description = named.take("description", Kind.STRING);
    Node schema = named.need("schema", Kind.OBJECT);
    named.done();
    if (description != null && schema.get("description") != null) {
      throw cannot(
          named.path("description"),
          "a schema has one description there, and this one has its own");
    }
    return new ResponseSchema(schema, description);
  }

  /** Writes Anthropic's {@code format}. */
  void anthropic(Out out) {
    out.object("format").put("type", "json_schema");
    if (description == null) {
      out.put("schema", schema);
    } else {
      out.object("schema").put("description", description);
      for (int i = 0; i < schema.names.size(); i++) {
        out.put(schema.names.get(i), schema.values.get(i));
      }
      out.endObject();
    }
    out.endObject();
  }

  /** Writes OpenAI's {@code response_format} for a schema of Anthropic's. */
  static void openAi(Node schema, Out out) {
    out.object("response_format").put("type", "json_schema");
    out.object("json_schema").put("name", "answer").put("strict", true).put("schema", schema);
    out.endObject().endObject();
  }
}
