package dev.tollgate.simulator;

import dev.tollgate.simulator.Answer.Stop;
import dev.tollgate.simulator.Faults.UsageReport;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An answer as one response of OpenAI's. */
final class ResponsesAnswer {

  private ResponsesAnswer() {}

  static ObjectNode response(Answer answer) {
    String status = answer.stop() == Stop.LENGTH ? "incomplete" : "completed";
    ObjectNode response = opening(answer, status);
    if (answer.stop() == Stop.LENGTH) {
      response.putObject("incomplete_details").put("reason", "max_output_tokens");
    }
    ArrayNode output = response.putArray("output");
    items(answer).forEach(output::add);
    if (answer.report() != UsageReport.NONE) {
      response.set("usage", usage(answer.counts()));
    }
    return response;
  }

  /** A response without its output, as its stream begins. */
  static ObjectNode opening(Answer answer, String status) {
    ObjectNode response =
        Json.object()
            .put("id", answer.id("resp_"))
            .put("object", "response")
            .put("created_at", answer.created())
            .put("status", status)
            .put("background", false)
            .putNull("error")
            .putNull("incomplete_details")
            .putNull("instructions")
            .putNull("max_output_tokens")
            .put("model", answer.model());
    response.putArray("output");
    response.put("parallel_tool_calls", true).putNull("previous_response_id");
    response.put("service_tier", answer.service().tier()).put("store", true);
    response.put("temperature", 1.0).put("tool_choice", "auto").put("top_p", 1.0);
    response.putObject("text").putObject("format").put("type", "text");
    response.putArray("tools");
    response.put("truncation", "disabled").putNull("usage").putNull("user");
    response.putObject("metadata");
    return response;
  }

  /** Everything that was made, in its order. */
  static List<ObjectNode> items(Answer answer) {
    List<ObjectNode> items = new ArrayList<>();
    if (answer.counts().reasoning() > 0) {
      ObjectNode reasoning = Json.object().put("id", answer.id("rs_")).put("type", "reasoning");
      reasoning.putArray("summary");
      items.add(reasoning);
    }
    for (int i = 0; i < answer.counts().webSearches(); i++) {
      ObjectNode search = item(answer, "ws_", i, "web_search_call");
      search.putObject("action").put("type", "search").put("query", "simulated");
      items.add(search);
    }
    if (answer.hosted().contains("file_search")) {
      ObjectNode search = item(answer, "fs_", 0, "file_search_call");
      search.putArray("queries").add("simulated");
      search.putNull("results");
      items.add(search);
    }
    if (answer.hosted().contains("code_interpreter")) {
      items.add(
          item(answer, "ci_", 0, "code_interpreter_call")
              .put("code", "print(1)")
              .put("container_id", answer.id("cntr_"))
              .putNull("outputs"));
    }
    if (answer.calls().isEmpty()) {
      items.add(message(answer, answer.text()));
    }
    for (int i = 0; i < answer.calls().size(); i++) {
      items.add(call(answer, i, answer.calls().get(i).arguments().toString()));
    }
    return items;
  }

  private static ObjectNode item(Answer answer, String prefix, int index, String type) {
    return Json.object()
        .put("id", answer.id(prefix) + index)
        .put("type", type)
        .put("status", "completed");
  }

  static ObjectNode message(Answer answer, String text) {
    ObjectNode message =
        Json.object()
            .put("id", answer.id("msg_"))
            .put("type", "message")
            .put("status", "completed")
            .put("role", "assistant");
    ObjectNode part = message.putArray("content").addObject();
    part.put("type", "output_text").put("text", text);
    ArrayNode annotations = part.putArray("annotations");
    if (answer.hosted().contains("code_interpreter")) {
      annotations
          .addObject()
          .put("type", "container_file_citation")
          .put("container_id", answer.id("cntr_"))
          .put("file_id", answer.id("cfile_"))
          .put("filename", "simulated.txt")
          .put("start_index", 0)
          .put("end_index", 1);
    }
    part.putArray("logprobs");
    return message;
  }

  static ObjectNode call(Answer answer, int index, String arguments) {
    return item(answer, "fc_", index, "function_call")
        .put("call_id", answer.id("call_") + index)
        .put("name", answer.calls().get(index).name())
        .put("arguments", arguments);
  }

  static ObjectNode usage(Counts counts) {
    ObjectNode usage = Json.object().put("input_tokens", counts.prompt());
    usage.putObject("input_tokens_details").put("cached_tokens", counts.cacheRead());
    usage.put("output_tokens", counts.completion());
    usage.putObject("output_tokens_details").put("reasoning_tokens", counts.reasoning());
    return usage.put("total_tokens", counts.prompt() + counts.completion());
  }
}
