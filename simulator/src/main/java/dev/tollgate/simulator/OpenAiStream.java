package dev.tollgate.simulator;

import dev.tollgate.simulator.Faults.UsageReport;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** An answer as OpenAI's server-sent events. */
final class OpenAiStream {

  private static final Buffer DONE = Buffer.buffer("data: [DONE]\n\n");

  private final Answer answer;
  private final int chunks;
  private final boolean includeUsage;
  private final List<Buffer> events = new ArrayList<>();

  OpenAiStream(Answer answer, int chunks, boolean includeUsage) {
    this.answer = answer;
    this.chunks = chunks;
    this.includeUsage = includeUsage;
  }

  static Buffer event(ObjectNode data) {
    return Buffer.buffer("data: " + data + "\n\n");
  }

  List<Buffer> events(boolean terminal) {
    for (int choice = 0; choice < answer.choices(); choice++) {
      choice(choice);
    }
    if (includeUsage && answer.report() != UsageReport.NONE) {
      report();
    }
    if (terminal) {
      events.add(DONE);
    }
    return events;
  }

  private void choice(int choice) {
    ObjectNode start = Json.object().put("role", "assistant");
    if (answer.hosted().contains("audio")) {
      start.set("audio", OpenAiAnswer.audio(answer));
    }
    if (answer.calls().isEmpty()) {
      add(choice, start.put("content", "").putNull("refusal"), null);
      for (String piece : Pieces.of(answer.text(), chunks)) {
        add(choice, Json.object().put("content", piece), null);
      }
    } else {
      add(choice, start.putNull("content"), null);
      for (int call = 0; call < answer.calls().size(); call++) {
        call(choice, call);
      }
    }
    add(choice, Json.object(), OpenAiAnswer.finishReason(answer));
  }

  private void call(int choice, int number) {
    Answer.Call call = answer.calls().get(number);
    ObjectNode start = Json.object();
    start
        .putArray("tool_calls")
        .addObject()
        .put("index", number)
        .put("id", OpenAiAnswer.callId(answer, choice, number))
        .put("type", "function")
        .putObject("function")
        .put("name", call.name())
        .put("arguments", "");
    add(choice, start, null);
    for (String piece : Pieces.of(call.arguments().toString(), chunks)) {
      ObjectNode delta = Json.object();
      delta
          .putArray("tool_calls")
          .addObject()
          .put("index", number)
          .putObject("function")
          .put("arguments", piece);
      add(choice, delta, null);
    }
  }

  private void report() {
    ObjectNode chunk = OpenAiAnswer.opening(answer, "chat.completion.chunk");
    chunk.putArray("choices");
    events.add(event(chunk.set("usage", OpenAiAnswer.usage(answer.counts()))));
  }

  private void add(int choice, ObjectNode delta, @Nullable String finishReason) {
    ObjectNode chunk = OpenAiAnswer.opening(answer, "chat.completion.chunk");
    chunk
        .putArray("choices")
        .addObject()
        .put("index", choice)
        .set("delta", delta)
        .putNull("logprobs")
        .put("finish_reason", finishReason);
    if (answer.report() == UsageReport.REPEATED) {
      chunk.set("usage", OpenAiAnswer.usage(answer.counts()));
    } else if (includeUsage) {
      chunk.putNull("usage");
    }
    events.add(event(chunk));
  }
}
