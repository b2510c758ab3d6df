package dev.tollgate.translation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A conversation in no dialect: made at random, written in each, and read back from each. */
record Talk(String system, List<Turn> turns) {

  static final JsonMapper JSON = new JsonMapper();

  private static final String[] WORDS = {
    "sun",
    "\u00e9t\u00e9",
    "\ud83d\ude00",
    "\"quoted\"",
    "back\\slash",
    "line\n",
    "\u0001",
    "{}",
    "\uac00",
    "a/b",
    "</script>",
    "\u2028",
    "data:",
    " "
  };

  /** What one side says; an assistant's turn is followed by one with a result for each call. */
  sealed interface Turn {

    record User(String text, String image) implements Turn {}

    record Assistant(String text, List<Call> calls) implements Turn {}

    record Results(List<Result> results, String text) implements Turn {}
  }

  record Call(String id, String name, JsonNode input) {}

  record Result(String id, String text) {}

  static Talk random(Random random) {
    List<Turn> turns = new ArrayList<>();
    turns.add(user(random));
    for (int rounds = random.nextInt(4); rounds > 0; rounds--) {
      List<Call> calls = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        calls.add(new Call("call_" + turns.size() + "_" + i, "tool_" + i, input(random, 2)));
      }
      String said = calls.isEmpty() || random.nextBoolean() ? text(random) : "";
      turns.add(new Turn.Assistant(said, calls));
      if (calls.isEmpty()) {
        turns.add(user(random));
      } else {
        List<Result> results =
            calls.stream().map(call -> new Result(call.id(), text(random))).toList();
        turns.add(new Turn.Results(results, random.nextBoolean() ? text(random) : ""));
      }
    }
    return new Talk(random.nextBoolean() ? text(random) : "", turns);
  }

  private static Turn user(Random random) {
    return new Turn.User(text(random), random.nextInt(3) == 0 ? "iVBORw0KGgo=" : "");
  }

  static String text(Random random) {
    StringBuilder text = new StringBuilder("t");
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.toString();
  }

  static ObjectNode input(Random random, int depth) {
    ObjectNode input = JSON.createObjectNode();
    for (int i = random.nextInt(4); i > 0; i--) {
      String name = text(random) + i;
      switch (random.nextInt(depth > 0 ? 4 : 3)) {
        case 0 -> input.put(name, text(random));
        case 1 -> input.put(name, random.nextLong());
        case 2 -> input.putArray(name).add(random.nextBoolean()).addNull();
        default -> input.set(name, input(random, depth - 1));
      }
    }
    return input;
  }

  ObjectNode messages() {
    ObjectNode body = JSON.createObjectNode().put("model", "m").put("max_tokens", 100);
    if (!system.isEmpty()) {
      body.put("system", system);
    }
    ArrayNode messages = body.putArray("messages");
    for (Turn turn : turns) {
      ObjectNode message = messages.addObject();
      message.put("role", turn instanceof Turn.Assistant ? "assistant" : "user");
      ArrayNode content = message.putArray("content");
      switch (turn) {
        case Turn.User(String text, String image) -> {
          text(content, text);
          if (!image.isEmpty()) {
            content
                .addObject()
                .put("type", "image")
                .putObject("source")
                .put("type", "base64")
                .put("media_type", "image/png")
                .put("data", image);
          }
        }
        case Turn.Assistant(String text, List<Call> calls) -> {
          text(content, text);
          for (Call call : calls) {
            content
                .addObject()
                .put("type", "tool_use")
                .put("id", call.id())
                .put("name", call.name())
                .set("input", call.input());
          }
        }
        case Turn.Results(List<Result> results, String text) -> {
          for (Result result : results) {
            content
                .addObject()
                .put("type", "tool_result")
                .put("tool_use_id", result.id())
                .put("content", result.text());
          }
          text(content, text);
        }
      }
    }
    return body;
  }

  private static void text(ArrayNode content, String text) {
    if (!text.isEmpty()) {
      content.addObject().put("type", "text").put("text", text);
    }
  }

  ObjectNode chat() {
    ObjectNode body = JSON.createObjectNode().put("model", "m").put("max_tokens", 100);
    ArrayNode messages = body.putArray("messages");
    if (!system.isEmpty()) {
      messages.addObject().put("role", "system").put("content", system);
    }
    for (Turn turn : turns) {
      switch (turn) {
        case Turn.User(String text, String image) -> {
          ObjectNode message = messages.addObject().put("role", "user");
          if (image.isEmpty()) {
            message.put("content", text);
          } else {
            ArrayNode content = message.putArray("content");
            text(content, text);
            content
                .addObject()
                .put("type", "image_url")
                .putObject("image_url")
                .put("url", "data:image/png;base64," + image);
          }
        }
        case Turn.Assistant(String text, List<Call> calls) -> {
          ObjectNode message = messages.addObject().put("role", "assistant");
          if (text.isEmpty()) {
            message.putNull("content");
          } else {
            message.put("content", text);
          }
          for (Call call : calls) {
            ObjectNode made = message.withArray("tool_calls").addObject();
            made.put("id", call.id()).put("type", "function");
            made.putObject("function")
                .put("name", call.name())
                .put("arguments", call.input().toString());
          }
        }
        case Turn.Results(List<Result> results, String text) -> {
          for (Result result : results) {
            messages
                .addObject()
                .put("role", "tool")
                .put("tool_call_id", result.id())
                .put("content", result.text());
          }
          if (!text.isEmpty()) {
            messages.addObject().put("role", "user").put("content", text);
          }
        }
      }
    }
    return body;
  }

  /** Bytes that some client might send for {@code body}: escapes and spaces differ. */
  static byte[] written(ObjectNode body, Random random) {
    boolean ascii = random.nextBoolean();
    boolean wide = random.nextBoolean();
    var writer = wide ? JSON.writerWithDefaultPrettyPrinter() : JSON.writer();
    return ascii
        ? writer.with(JsonWriteFeature.ESCAPE_NON_ASCII).writeValueAsBytes(body)
        : writer.writeValueAsBytes(body);
  }
}
