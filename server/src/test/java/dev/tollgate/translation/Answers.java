package dev.tollgate.translation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** Random answers as streams of each dialect, cut into pieces at random, and read back. */
final class Answers {

  /** What an answer says, in no dialect. */
  record Said(String thinking, String text, List<Talk.Call> calls) {

    static Said random(Random random) {
      List<Talk.Call> calls = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        calls.add(new Talk.Call("call_" + i, "tool_" + i, Talk.input(random, 2)));
      }
      String thinking = random.nextBoolean() ? Talk.text(random) : "";
      return new Said(thinking, random.nextInt(4) > 0 ? Talk.text(random) : "", calls);
    }
  }

  private Answers() {}

  /**
   * Chunks of OpenAI's; the pieces of calls come one call after the other, or mixed, with text
   * between them at times, and what is said as strings or in lists.
   */
  static String chunks(Said said, Random random) {
    StringBuilder stream = new StringBuilder();
    chunk(stream, delta -> delta.put("role", "assistant").put("content", ""));
    boolean lists = random.nextInt(4) == 0;
    for (String piece : pieces(said.thinking(), random)) {
      chunk(
          stream,
          delta -> {
            if (lists) {
              part(delta, "thinking").putArray("thinking").addObject().put("text", piece);
            } else {
              delta.put("reasoning_content", piece);
            }
          });
    }
    Deque<String> words = new ArrayDeque<>(pieces(said.text(), random));
    int between = random.nextInt(3) == 0 ? random.nextInt(words.size() + 1) : 0;
    while (words.size() > between) {
      say(stream, words.removeFirst(), lists);
    }
    List<List<String>> arguments = new ArrayList<>();
    for (Talk.Call call : said.calls()) {
      arguments.add(new ArrayList<>(pieces(call.input().toString(), random)));
    }
    boolean mixed = random.nextBoolean();
    int begun = 0;
    while (begun < arguments.size() || arguments.stream().anyMatch(left -> !left.isEmpty())) {
      if (!words.isEmpty() && random.nextBoolean()) {
        say(stream, words.removeFirst(), lists);
      }
      List<Integer> next = new ArrayList<>();
      for (int i = 0; i < begun; i++) {
        if (!arguments.get(i).isEmpty()) {
          next.add(i);
        }
      }
      if (begun < arguments.size() && (next.isEmpty() || (mixed && random.nextBoolean()))) {
        int at = begun++;
        chunk(stream, delta -> call(delta, at, said.calls().get(at), ""));
      } else {
        int at = next.get(mixed ? random.nextInt(next.size()) : 0);
        String piece = arguments.get(at).removeFirst();
        chunk(stream, delta -> call(delta, at, null, piece));
      }
    }
    words.forEach(piece -> say(stream, piece, lists));
    String reason = said.calls().isEmpty() ? "stop" : "tool_calls";
    ObjectNode last = opening();
    last.putArray("choices").addObject().put("index", 0).put("finish_reason", reason);
    return stream.append("data: ").append(last).append("\n\ndata: [DONE]\n\n").toString();
  }

  private static void say(StringBuilder stream, String piece, boolean lists) {
    chunk(
        stream,
        delta -> {
          if (lists) {
            part(delta, "text").put("text", piece);
          } else {
            delta.put("content", piece);
          }
        });
  }

  private static ObjectNode part(ObjectNode delta, String type) {
    return delta.putArray("content").addObject().put("type", type);
  }

  private static void call(ObjectNode delta, int index, Talk.@Nullable Call begun, String piece) {
    ObjectNode call = delta.putArray("tool_calls").addObject().put("index", index);
    ObjectNode function = call.putObject("function").put("arguments", piece);
    if (begun != null) {
      call.put("id", begun.id()).put("type", "function");
      function.put("name", begun.name());
    }
  }

  private static ObjectNode opening() {
    return Talk.JSON.createObjectNode().put("id", "c").put("model", "m");
  }

  private static void chunk(StringBuilder stream, Consumer<ObjectNode> content) {
    ObjectNode chunk = opening();
    ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
    content.accept(choice.putObject("delta"));
    stream.append("data: ").append(chunk).append("\n\n");
  }

  /** A text in pieces; half of a surrogate pair can be the end of one. */
  private static List<String> pieces(String text, Random random) {
    List<String> pieces = new ArrayList<>();
    for (int from = 0; from < text.length(); ) {
      int to = Math.min(text.length(), from + 1 + random.nextInt(6));
      if (to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
        to++;
      }
      pieces.add(text.substring(from, to));
      from = to;
    }
    return pieces;
  }

  /** What a stream of Anthropic's says, held against its grammar. */
  static Said readMessages(String stream) {
    StringBuilder thinking = new StringBuilder();
    StringBuilder text = new StringBuilder();
    List<Talk.Call> calls = new ArrayList<>();
    StringBuilder input = new StringBuilder();
    JsonNode open = MissingNode.getInstance();
    int index = -1;
    String stop = "";
    boolean stopped = false;
    for (byte[] event : Streams.events(stream)) {
      String whole = new String(event, StandardCharsets.UTF_8);
      JsonNode data = Talk.JSON.readTree(whole.substring(whole.indexOf("data: ") + 6));
      check(whole.startsWith("event: " + data.path("type").stringValue("") + "\n"));
      check(!stopped);
      switch (data.path("type").stringValue("")) {
        case "message_start" -> check(index == -1 && open.isMissingNode());
        case "content_block_start" -> {
          check(open.isMissingNode() && data.path("index").asInt(-1) == ++index);
          open = data.path("content_block");
          input.setLength(0);
        }
        case "content_block_delta" -> {
          check(open.isObject() && data.path("index").asInt(-1) == index);
          JsonNode delta = data.path("delta");
          thinking.append(delta.path("thinking").stringValue(""));
          text.append(delta.path("text").stringValue(""));
          input.append(delta.path("partial_json").stringValue(""));
        }
        case "content_block_stop" -> {
          check(open.isObject() && data.path("index").asInt(-1) == index);
          if (open.path("type").stringValue("").equals("tool_use")) {
            String json = input.isEmpty() ? "{}" : input.toString();
            calls.add(
                new Talk.Call(
                    open.path("id").stringValue(""),
                    open.path("name").stringValue(""),
                    Talk.JSON.readTree(json)));
          }
          open = MissingNode.getInstance();
        }
        case "message_delta" -> stop = data.path("delta").path("stop_reason").stringValue("");
        case "message_stop" -> stopped = true;
        default -> throw new AssertionError(whole);
      }
    }
    check(
        stopped && open.isMissingNode() && stop.equals(calls.isEmpty() ? "end_turn" : "tool_use"));
    return new Said(thinking.toString(), text.toString(), calls);
  }

  /** What a stream of OpenAI's says. */
  static Said readChat(String stream) {
    StringBuilder thinking = new StringBuilder();
    StringBuilder text = new StringBuilder();
    List<ObjectNode> calls = new ArrayList<>();
    String reason = "";
    for (byte[] event : Streams.events(stream)) {
      String data = new String(event, StandardCharsets.UTF_8).substring(6).strip();
      if (data.equals("[DONE]")) {
        continue;
      }
      JsonNode choice = Talk.JSON.readTree(data).path("choices").path(0);
      JsonNode delta = choice.path("delta");
      thinking.append(delta.path("reasoning_content").stringValue(""));
      text.append(delta.path("content").stringValue(""));
      for (JsonNode piece : delta.path("tool_calls")) {
        int at = piece.path("index").asInt();
        if (at == calls.size()) {
          calls.add(Talk.JSON.createObjectNode().put("arguments", ""));
        }
        ObjectNode call = calls.get(at);
        if (piece.has("id")) {
          call.set("id", piece.path("id"));
          call.set("name", piece.path("function").path("name"));
        }
        String more = piece.path("function").path("arguments").stringValue("");
        call.put("arguments", call.path("arguments").stringValue("") + more);
      }
      reason = choice.path("finish_reason").stringValue(reason);
    }
    check(stream.endsWith("data: [DONE]\n\n"));
    check(reason.equals(calls.isEmpty() ? "stop" : "tool_calls"));
    List<Talk.Call> made = new ArrayList<>();
    for (ObjectNode call : calls) {
      made.add(
          new Talk.Call(
              call.path("id").stringValue(""),
              call.path("name").stringValue(""),
              Talk.JSON.readTree(call.path("arguments").stringValue(""))));
    }
    return new Said(thinking.toString(), text.toString(), made);
  }

  private static void check(boolean held) {
    if (!held) {
      throw new AssertionError("the stream is not as its dialect has it");
    }
  }
}
