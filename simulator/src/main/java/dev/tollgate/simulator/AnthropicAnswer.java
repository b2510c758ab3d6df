package dev.tollgate.simulator;

import dev.tollgate.simulator.Faults.UsageReport;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An answer as one message of Anthropic's. */
final class AnthropicAnswer {

  private AnthropicAnswer() {}

  static ObjectNode message(Answer answer) {
    ObjectNode message = opening(answer);
    ArrayNode content = message.putArray("content");
    if (answer.thinking() != null) {
      content.add(thinking(answer.thinking(), signature(answer)));
    }
    if (answer.calls().isEmpty()) {
      content.add(text(answer.text()));
    }
    for (int i = 0; i < answer.calls().size(); i++) {
      content.add(toolUse(answer, i).set("input", answer.calls().get(i).arguments()));
    }
    message.put("stop_reason", stopReason(answer)).putNull("stop_sequence");
    return answer.report() == UsageReport.NONE ? message : message.set("usage", usage(answer));
  }

  /** What the message and the start of its stream have in common. */
  static ObjectNode opening(Answer answer) {
    ObjectNode message =
        Json.object()
            .put("id", answer.id("msg_"))
            .put("type", "message")
            .put("role", "assistant")
            .put("model", answer.model())
            .putNull("container")
            .putNull("stop_details");
    if (answer.hosted().contains("code_execution")) {
      message
          .putObject("container")
          .put("id", answer.id("container_"))
          .put("expires_at", "2099-01-01T00:00:00Z");
    }
    return message;
  }

  static ObjectNode text(String text) {
    return Json.object().put("type", "text").put("text", text).putNull("citations");
  }

  static ObjectNode thinking(String thinking, String signature) {
    return Json.object()
        .put("type", "thinking")
        .put("thinking", thinking)
        .put("signature", signature);
  }

  /** A call without its input. */
  static ObjectNode toolUse(Answer answer, int index) {
    ObjectNode call =
        Json.object()
            .put("type", "tool_use")
            .put("id", answer.id("toolu_") + index)
            .put("name", answer.calls().get(index).name());
    call.putObject("caller").put("type", "direct");
    return call;
  }

  static String signature(Answer answer) {
    return answer.id("c2ltdWxhdGVk");
  }

  static String stopReason(Answer answer) {
    return switch (answer.stop()) {
      case END -> "end_turn";
      case LENGTH -> "max_tokens";
      case TOOL -> "tool_use";
    };
  }

  static ObjectNode usage(Answer answer) {
    Counts counts = answer.counts();
    ObjectNode usage = cumulative(answer);
    usage
        .putObject("cache_creation")
        .put("ephemeral_5m_input_tokens", counts.cacheWrite5m())
        .put("ephemeral_1h_input_tokens", counts.cacheWrite1h());
    usage.put("service_tier", answer.service().tier());
    usage.put("inference_geo", answer.service().geo());
    if (answer.service().speed() != null) {
      usage.put("speed", answer.service().speed());
    }
    return usage;
  }

  /** The counts that the end of a stream repeats. */
  static ObjectNode cumulative(Answer answer) {
    Counts counts = answer.counts();
    ObjectNode usage =
        Json.object()
            .put("input_tokens", counts.input())
            .put("cache_creation_input_tokens", counts.cacheWrite5m() + counts.cacheWrite1h())
            .put("cache_read_input_tokens", counts.cacheRead())
            .put("output_tokens", counts.output());
    if (counts.reasoning() > 0) {
      usage.putObject("output_tokens_details").put("thinking_tokens", counts.reasoning());
    } else {
      usage.putNull("output_tokens_details");
    }
    if (counts.webSearches() > 0) {
      usage
          .putObject("server_tool_use")
          .put("web_search_requests", counts.webSearches())
          .put("web_fetch_requests", 0);
    } else {
      usage.putNull("server_tool_use");
    }
    return usage;
  }
}
