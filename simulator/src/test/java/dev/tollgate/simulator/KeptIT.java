package dev.tollgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Answers that are kept ready say the same as those that are made anew. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeptIT {

  private final Simulator simulator = Simulator.start();

  @BeforeEach
  void steady() {
    simulator.behave("input-tokens=100 output-tokens=150 answer-bytes=1500");
  }

  @AfterAll
  void close() {
    simulator.close();
  }

  @Test
  void keepsTheSizeAndTheCounts() throws Exception {
    String first = post("/v1/messages", Raw.ask("one", false));
    String second = post("/v1/messages", Raw.ask("two", false));

    assertThat(first).isEqualTo(second).hasSize(1500);
    assertThat(first).contains("\"input_tokens\":100").contains("\"output_tokens\":150");
  }

  @Test
  void tellsDialectsModelsStreamsAndMaximaApart() throws Exception {
    String plain = Raw.ask("one", false);
    String message = post("/v1/messages", plain);

    assertThat(post("/v1/chat/completions", plain)).contains("\"prompt_tokens\":100");
    assertThat(post("/v1/messages", Raw.ask("one", true))).contains("message_stop");
    assertThat(post("/v1/messages", plain.replace("haiku", "opus"))).contains("claude-opus-5-5");
    assertThat(post("/v1/messages", plain.replace("200", "20")))
        .contains("\"output_tokens\":20")
        .contains("max_tokens");
    assertThat(message).contains("claude-haiku-5-5").contains("end_turn");
  }

  @Test
  void whateverIsNotSimpleIsMadeAnew() throws Exception {
    assertThat(post("/v1/messages", Raw.ask("[[sim: output-tokens=7]]", false)))
        .contains("\"output_tokens\":7");
    assertThat(post("/v1/chat/completions", Raw.ask("one", false).replaceFirst("\\{", "{\"n\":2,")))
        .contains("\"index\":1");
    assertThat(post("/v1/messages", "{\"messages\":[],\"model\":\"m\"}"))
        .contains("invalid_request_error");
  }

  private String post(String path, String body) throws Exception {
    return new String(Raw.post(simulator.url() + path, body).body(), StandardCharsets.UTF_8);
  }
}
