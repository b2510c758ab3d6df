package dev.tollgate.simulator;

import dev.tollgate.simulator.Faults.UsageReport;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An answer as one completion of OpenAI's. */
final class OpenAiAnswer {

  private OpenAiAnswer() {}

  static ObjectNode completion(Answer answer) {
    ObjectNode completion = opening(answer, "chat.completion");
    ArrayNode choices = completion.putArray("choices");
    for (int i = 0; i < answer.choices(); i++) {
      ObjectNode choice = choices.addObject().put("index", i);
      choice.set("message", message(answer, i));
      choice.putNull("logprobs").put("finish_reason", finishReason(answer));
    }
    if (answer.report() != UsageReport.NONE) {
      completion.set("usage", usage(answer.counts()));
    }
    return completion;
  }

  /** What a completion and its chunks have in common. */
  static ObjectNode opening(Answer answer, String object) {
    return Json.object()
        .put("id", answer.id("chatcmpl-"))
        .put("object", object)
        .put("created", answer.created())
        .put("model", answer.model())
        .put("service_tier", answer.service().tier())
        .put("system_fingerprint", "fp_simulated");
  }

  /** A call's identity, without its arguments. */
  static String callId(Answer answer, int choice, int call) {
    return answer.id("call_") + choice + "_" + call;
  }

  static String finishReason(Answer answer) {
    return switch (answer.stop()) {
      case END -> "stop";
      case LENGTH -> "length";
      case TOOL -> "tool_calls";
    };
  }

  static ObjectNode usage(Counts counts) {
    ObjectNode usage =
        Json.object()
            .put("prompt_tokens", counts.prompt())
            .put("completion_tokens", counts.completion())
            .put("total_tokens", counts.prompt() + counts.completion());
    usage
        .putObject("prompt_tokens_details")
        .put("cached_tokens", counts.cacheRead())
        .put("audio_tokens", counts.inputAudio());
    usage
        .putObject("completion_tokens_details")
        .put("reasoning_tokens", counts.reasoning())
        .put("audio_tokens", counts.outputAudio())
        .put("accepted_prediction_tokens", 0)
        .put("rejected_prediction_tokens", 0);
    return usage;
  }

  /** What is spoken, which a later request may name. */
  static ObjectNode audio(Answer answer) {
    return Json.object()
        .put("id", answer.id("audio_"))
        .put("data", "AAAA")
        .put("transcript", answer.text())
        .put("expires_at", answer.created() + 3_600);
  }

  private static ObjectNode message(Answer answer, int choice) {
    ObjectNode message = Json.object().put("role", "assistant");
    if (answer.calls().isEmpty()) {
      message.put("content", answer.text());
    } else {
      message.putNull("content");
      ArrayNode calls = message.putArray("tool_calls");
      for (int i = 0; i < answer.calls().size(); i++) {
        Answer.Call call = answer.calls().get(i);
        calls
            .addObject()
            .put("id", callId(answer, choice, i))
            .put("type", "function")
            .putObject("function")
            .put("name", call.name())
            .put("arguments", call.arguments().toString());
      }
    }
    if (answer.hosted().contains("audio")) {
      message.set("audio", audio(answer));
    }
    message.putNull("refusal").putArray("annotations");
    return message;
  }
}
