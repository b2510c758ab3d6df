package dev.tollgate.simulator;

import dev.tollgate.simulator.Faults.UsageReport;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** An answer as Anthropic's server-sent events. */
final class AnthropicStream {

  private final Answer answer;
  private final int chunks;
  private final List<Buffer> events = new ArrayList<>();
  private int index;

  AnthropicStream(Answer answer, int chunks) {
    this.answer = answer;
    this.chunks = chunks;
  }

  static Buffer event(String name, ObjectNode data) {
    return Buffer.buffer("event: " + name + "\ndata: " + data + "\n\n");
  }

  List<Buffer> events(boolean terminal) {
    start();
    if (answer.thinking() != null) {
      thinking(answer.thinking());
    }
    if (answer.calls().isEmpty()) {
      text();
    }
    for (int i = 0; i < answer.calls().size(); i++) {
      call(i);
    }
    ending();
    if (answer.report() == UsageReport.REPEATED) {
      ending();
    }
    if (terminal) {
      add(Json.object().put("type", "message_stop"));
    }
    return events;
  }

  private void start() {
    ObjectNode message = AnthropicAnswer.opening(answer);
    message.putArray("content");
    message.putNull("stop_reason").putNull("stop_sequence");
    if (answer.report() != UsageReport.NONE) {
      ObjectNode usage = AnthropicAnswer.usage(answer);
      usage.put("output_tokens", Math.min(1, answer.counts().output()));
      usage.putNull("output_tokens_details").putNull("server_tool_use");
      message.set("usage", usage);
    }
    add(Json.object().put("type", "message_start").set("message", message));
  }

  private void thinking(String thinking) {
    open(AnthropicAnswer.thinking("", ""));
    if (!thinking.isEmpty()) {
      delta(Json.object().put("type", "thinking_delta").put("thinking", thinking));
    }
    delta(
        Json.object()
            .put("type", "signature_delta")
            .put("signature", AnthropicAnswer.signature(answer)));
    close();
  }

  private void text() {
    open(AnthropicAnswer.text(""));
    add(Json.object().put("type", "ping"));
    for (String piece : Pieces.of(answer.text(), chunks)) {
      delta(Json.object().put("type", "text_delta").put("text", piece));
    }
    close();
  }

  private void call(int number) {
    ObjectNode block = AnthropicAnswer.toolUse(answer, number);
    block.putObject("input");
    open(block);
    String arguments = answer.calls().get(number).arguments().toString();
    for (String piece : Pieces.of(arguments, chunks)) {
      delta(Json.object().put("type", "input_json_delta").put("partial_json", piece));
    }
    close();
  }

  private void ending() {
    ObjectNode ending = Json.object().put("type", "message_delta");
    ending
        .putObject("delta")
        .put("stop_reason", AnthropicAnswer.stopReason(answer))
        .putNull("stop_sequence")
        .putNull("stop_details")
        .putNull("container");
    if (answer.report() != UsageReport.NONE) {
      ending.set("usage", AnthropicAnswer.cumulative(answer));
    }
    add(ending);
  }

  private void open(ObjectNode block) {
    add(
        Json.object()
            .put("type", "content_block_start")
            .put("index", index)
            .set("content_block", block));
  }

  private void delta(ObjectNode delta) {
    add(Json.object().put("type", "content_block_delta").put("index", index).set("delta", delta));
  }

  private void close() {
    add(Json.object().put("type", "content_block_stop").put("index", index));
    index++;
  }

  private void add(ObjectNode data) {
    events.add(event(Json.text(data.path("type")), data));
  }
}
