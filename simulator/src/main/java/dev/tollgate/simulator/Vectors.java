package dev.tollgate.simulator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Answers of OpenAI's Embeddings API: for each input a vector of length one that depends on nothing
 * but the input. Source: OpenAI's API reference, Embeddings.
 */
final class Vectors {

  private static final int DIMENSIONS = 1_536;
  private static final int LARGE = 3_072;
  private static final int MOST_INPUTS = 2_048;

  private final ObjectNode asked;
  private final List<JsonNode> inputs;

  private Vectors(ObjectNode asked, List<JsonNode> inputs) {
    this.asked = asked;
    this.inputs = inputs;
  }

  static Vectors of(ObjectNode asked) {
    JsonNode input = asked.path("input");
    List<JsonNode> inputs = new ArrayList<>();
    if (input.isArray() && !input.isEmpty() && !input.path(0).isNumber()) {
      input.values().forEach(inputs::add);
    } else {
      inputs.add(input);
    }
    boolean bad = inputs.stream().anyMatch(one -> !one.isString() && !one.isArray());
    if (bad || inputs.size() > MOST_INPUTS || (input.isArray() && input.isEmpty())) {
      throw Refusal.invalid("Invalid 'input': a text, tokens, or at most 2048 of either.");
    }
    return new Vectors(asked, inputs);
  }

  String model() {
    return Messages.model(asked);
  }

  /** The first input, if it is text: where a directive may be. */
  String said() {
    return Json.text(inputs.getFirst());
  }

  long tokens() {
    return inputs.stream()
        .mapToLong(one -> one.isArray() ? one.size() : Prompt.tokens(Prompt.bytes(Json.text(one))))
        .sum();
  }

  ObjectNode document(long tokens) {
    ObjectNode document = Json.object().put("object", "list");
    ArrayNode data = document.putArray("data");
    for (int i = 0; i < inputs.size(); i++) {
      ObjectNode one = data.addObject().put("object", "embedding").put("index", i);
      one.set("embedding", embedding(inputs.get(i)));
    }
    document.put("model", model());
    document.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    return document;
  }

  private JsonNode embedding(JsonNode input) {
    float[] vector = vector(input.toString(), dimensions());
    if (Json.text(asked.path("encoding_format")).equals("base64")) {
      ByteBuffer bytes =
          ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(vector);
      return StringNode.valueOf(Base64.getEncoder().encodeToString(bytes.array()));
    }
    ArrayNode numbers = Json.array();
    for (float number : vector) {
      numbers.add(number);
    }
    return numbers;
  }

  private int dimensions() {
    int usual = model().contains("large") ? LARGE : DIMENSIONS;
    return Math.clamp(asked.path("dimensions").asInt(usual), 1, LARGE);
  }

  private static float[] vector(String input, int dimensions) {
    SplittableRandom random = new SplittableRandom(input.hashCode());
    double[] drawn = random.doubles(dimensions, -1, 1).toArray();
    double length = 0;
    for (double number : drawn) {
      length += number * number;
    }
    float[] vector = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      vector[i] = (float) (drawn[i] / Math.sqrt(length));
    }
    return vector;
  }
}
