package dev.tollgate.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Random conversations are the same conversation in the other dialect. */
class ConversationPropertiesTest {

  static LongStream seeds() {
    return LongStream.range(0, 300);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void chatBecomesTheSameMessages(long seed) {
    Random random = new Random(seed);
    Talk talk = Talk.random(random);
    byte[] body =
        Targets.direction("chat-to-messages")
            .request(Talk.written(talk.chat(), random), Targets.named("haiku"))
            .body();
    ObjectNode expected = talk.messages().put("model", "claude-haiku-4-5");
    JsonNode system = expected.path("system");
    if (system.isString()) {
      ObjectNode block = Talk.JSON.createObjectNode().put("type", "text");
      block.set("text", system);
      expected.putArray("system").add(block);
    }
    assertThat(Talk.JSON.readTree(body)).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void messagesBecomeTheSameChat(long seed) {
    Random random = new Random(seed);
    Talk talk = Talk.random(random);
    byte[] body =
        Targets.direction("messages-to-chat")
            .request(Talk.written(talk.messages(), random), Targets.named("gpt"))
            .body();
    JsonNode chat = Talk.JSON.readTree(body);
    ObjectNode expected = talk.chat().put("model", "gpt-4o");
    // Arguments are JSON in a string, whose white space is the caller's own.
    assertThat(withoutSpace(chat)).isEqualTo(withoutSpace(expected));
  }

  private static JsonNode withoutSpace(JsonNode chat) {
    for (JsonNode message : chat.path("messages")) {
      for (JsonNode call : message.path("tool_calls")) {
        ObjectNode function = (ObjectNode) call.path("function");
        String arguments = function.path("arguments").stringValue("");
        function.put("arguments", Talk.JSON.readTree(arguments).toString());
      }
    }
    return chat;
  }
}
