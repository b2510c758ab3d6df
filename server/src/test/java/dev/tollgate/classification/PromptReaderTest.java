package dev.tollgate.classification;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptReaderTest {

  @Test
  void readsMessages() {
    Prompt prompt =
        read(
            """
            {"model":"auto","max_tokens":10,"system":[{"type":"text","text":"Be brief."}],
             "tools":[{"name":"a","input_schema":{"type":"object"}},{"name":"b"}],
             "messages":[{"role":"user","content":"one"},{"role":"assistant","content":"two"},
              {"role":"user","content":[{"type":"text","text":"three"},
               {"type":"image","source":{"type":"base64","data":"AAAA"}},
               {"type":"text","text":"four"}]}]}
            """);

    assertThat(prompt).isEqualTo(new Prompt("three\n\nfour", 9, "Be brief.", 9, 2, 1, 0, 0, 2));
  }

  @Test
  void readsChatCompletions() {
    Prompt prompt =
        read(
            """
            {"model":"auto","messages":[{"role":"developer","content":"Be brief."},
             {"content":[{"type":"image_url","image_url":{"url":"data:x"}}],"role":"user"},
             {"role":"assistant","content":null,"tool_calls":[{"id":"1"}]},
             {"role":"tool","content":"result"},
             {"content":"and \\"this\\"?","role":"user"}]}
            """);

    assertThat(prompt).isEqualTo(new Prompt("and \"this\"?", 11, "Be brief.", 9, 4, 0, 0, 1, 0));
  }

  @Test
  void readsResponses() {
    Prompt prompt =
        read(
            """
            {"instructions":"Be brief.","input":[
             {"type":"message","role":"user","content":[{"type":"input_text","text":"look"},
              {"type":"input_file","file_data":"x"}]},
             {"type":"function_call","name":"f"},
             {"type":"function_call_output","output":"done"}],"tools":[{"type":"function"}]}
            """);

    assertThat(prompt).isEqualTo(new Prompt("look", 4, "Be brief.", 9, 0, 0, 1, 0, 1));
    assertThat(read("{\"input\":\"hello\",\"model\":\"auto\"}"))
        .isEqualTo(new Prompt("hello", 5, "", 0, 0, 0, 0, 0, 0));
  }

  @Test
  void takesResultsOfToolsAndRemindersForNobodysWish() {
    Prompt prompt =
        read(
            """
            {"messages":[
             {"role":"user","content":[{"type":"text","text":"<system-reminder>x</system-reminder>"},
              {"type":"text","text":"fix the bug"}]},
             {"role":"assistant","content":[{"type":"tool_use","id":"1","name":"f","input":{}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[
              {"type":"text","text":"a poem"},{"type":"image","source":{}}]},
              {"text":"<system-reminder>y</system-reminder>","type":"text"}]}]}
            """);

    assertThat(prompt.text()).isEqualTo("fix the bug");
    assertThat(prompt.turns()).isZero();
    assertThat(prompt.images()).isEqualTo(1);
  }

  @Test
  void keepsTheBeginningAndTheEndOfALongTurn() {
    String long1 = "begin " + "x".repeat(50_000) + " end";
    Prompt prompt = read("{\"messages\":[{\"role\":\"user\",\"content\":\"" + long1 + "\"}]}");

    assertThat(prompt.length()).isEqualTo(long1.length());
    assertThat(prompt.text()).startsWith("begin xxx").endsWith("xxx end");
    assertThat(prompt.text().length()).isLessThanOrEqualTo(Prompt.HEAD + Prompt.TAIL + 2);
  }

  @Test
  void keepsTheEndOfManyBlocks() {
    StringBuilder blocks = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      blocks.append("{\"type\":\"text\",\"text\":\"").append("y".repeat(500)).append("\"},");
    }
    Prompt prompt =
        read(
            "{\"messages\":[{\"role\":\"user\",\"content\":["
                + blocks
                + "{\"type\":\"text\",\"text\":\"the question\"}]}]}");

    assertThat(prompt.length()).isEqualTo(20_012);
    assertThat(prompt.text()).endsWith("\n\nthe question");
    assertThat(prompt.text().length()).isLessThanOrEqualTo(Prompt.HEAD + Prompt.TAIL + 2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"messages\":[]}",
        "{\"messages\":null,\"input\":7,\"system\":{},\"tools\":\"x\"}",
        "{\"messages\":[1,\"a\",[],{\"role\":5,\"content\":{\"text\":1}}]}",
        "{\"messages\":[{\"role\":\"user\",\"content\":[\"a\",{\"text\":[1],\"type\":[]}]}]}",
      })
  void findsNothingInOddBodies(String body) {
    assertThat(read(body).text()).isEmpty();
  }

  private static Prompt read(String body) {
    return Prompt.of(body.getBytes(StandardCharsets.UTF_8));
  }
}
