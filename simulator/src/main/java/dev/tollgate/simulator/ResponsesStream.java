package dev.tollgate.simulator;

import dev.tollgate.simulator.Faults.UsageReport;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An answer as the typed events of OpenAI's Responses. */
final class ResponsesStream {

  private final Answer answer;
  private final int chunks;
  private final List<Buffer> events = new ArrayList<>();
  private int index;

  ResponsesStream(Answer answer, int chunks) {
    this.answer = answer;
    this.chunks = chunks;
  }

  static Buffer event(ObjectNode data) {
    return Buffer.buffer("event: " + Json.text(data.path("type")) + "\ndata: " + data + "\n\n");
  }

  List<Buffer> events(boolean terminal) {
    for (String type : List.of("response.created", "response.in_progress")) {
      add(type, Json.object().set("response", ResponsesAnswer.opening(answer, "in_progress")));
    }
    for (ObjectNode item : ResponsesAnswer.items(answer)) {
      item(item);
      index++;
    }
    if (terminal) {
      ObjectNode response = ResponsesAnswer.response(answer);
      add(
          "response." + Json.text(response.path("status")),
          Json.object().set("response", response));
      if (answer.report() == UsageReport.REPEATED) {
        events.add(events.getLast());
      }
    }
    return events;
  }

  private void item(ObjectNode item) {
    ObjectNode begun = item.deepCopy();
    if (begun.has("status")) {
      begun.put("status", "in_progress");
    }
    switch (Json.text(item.path("type"))) {
      case "message" -> {
        begun.putArray("content");
        added(begun);
        text(item);
      }
      case "function_call" -> {
        begun.put("arguments", "");
        added(begun);
        arguments(item);
      }
      default -> added(begun);
    }
    add("response.output_item.done", Json.object().put("output_index", index).set("item", item));
  }

  private void added(ObjectNode item) {
    add("response.output_item.added", Json.object().put("output_index", index).set("item", item));
  }

  private void text(ObjectNode item) {
    JsonNode part = item.path("content").path(0);
    ObjectNode empty = Json.object().put("type", "output_text").put("text", "");
    empty.putArray("annotations");
    empty.putArray("logprobs");
    add("response.content_part.added", at(item).put("content_index", 0).set("part", empty));
    for (String piece : Pieces.of(answer.text(), chunks)) {
      ObjectNode delta = at(item).put("content_index", 0).put("delta", piece);
      delta.putArray("logprobs");
      add("response.output_text.delta", delta);
    }
    ObjectNode done = at(item).put("content_index", 0).put("text", answer.text());
    done.putArray("logprobs");
    add("response.output_text.done", done);
    add("response.content_part.done", at(item).put("content_index", 0).set("part", part));
  }

  private void arguments(ObjectNode item) {
    String arguments = Json.text(item.path("arguments"));
    for (String piece : Pieces.of(arguments, chunks)) {
      add("response.function_call_arguments.delta", at(item).put("delta", piece));
    }
    add(
        "response.function_call_arguments.done",
        at(item).put("name", Json.text(item.path("name"))).put("arguments", arguments));
  }

  private ObjectNode at(ObjectNode item) {
    return Json.object().put("item_id", Json.text(item.path("id"))).put("output_index", index);
  }

  private void add(String type, ObjectNode members) {
    ObjectNode data = Json.object().put("type", type).put("sequence_number", events.size());
    data.setAll(members);
    events.add(event(data));
  }
}
