package dev.tollgate.translation;

import dev.tollgate.kernel.Clock;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to write a request and the events of an answer for the other dialect. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class TranslationBench {

  private static final Translation TO_MESSAGES = Translation.chatToMessages(Clock.system());
  private static final Translation TO_CHAT = Translation.messagesToChat();
  private static final Asked ASKED = new Asked(true, true);

  private static final Target CLAUDE =
      new Target("claude", 64_000L, "max_tokens", Set.of(), List.of());
  private static final Target GPT = new Target("gpt", 64_000L, "max_tokens", Set.of(), List.of());

  private static final String TURNS =
      "{\"role\":\"user\",\"content\":\"%s\"},{\"role\":\"assistant\",\"content\":\"%s\"},"
              .formatted("What is the weather? ".repeat(10), "It is sunny. ".repeat(20))
              .repeat(8)
          + "{\"role\":\"user\",\"content\":\"And now?\"}";

  /** About 4 KB. */
  private final byte[] chat =
      bytes("{\"model\":\"m\",\"max_tokens\":100,\"messages\":[" + TURNS + "]}");

  private final byte[] image =
      bytes(
          "{\"model\":\"m\",\"max_tokens\":100,\"messages\":[{\"role\":\"user\",\"content\":["
              + "{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\","
              + "\"data\":\""
              + "iVBORw0KGgo/".repeat(350_000)
              + "\"}}]}]}");

  private final byte[] delta =
      bytes(
          "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
              + "\"delta\":{\"type\":\"text_delta\",\"text\":\" a few words\"}}\n\n");

  private final byte[] chunk =
      bytes(
          "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
              + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\" a few words\"},"
              + "\"finish_reason\":null}]}\n\n");

  private final StreamTranslation chunks = started();
  private final StreamTranslation events = TO_CHAT.stream(ASKED);

  private static StreamTranslation started() {
    StreamTranslation stream = TO_MESSAGES.stream(ASKED);
    byte[] start =
        bytes("data: {\"type\":\"message_start\",\"message\":{\"id\":\"a\",\"model\":\"m\"}}\n\n");
    stream.event(start, 0, start.length);
    return stream;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A conversation of 17 turns. */
  @Benchmark
  public Translated requestToMessages() {
    return TO_MESSAGES.request(chat, CLAUDE);
  }

  /** The same, to OpenAI's dialect. */
  @Benchmark
  public Translated requestToChat() {
    return TO_CHAT.request(chat, GPT);
  }

  /** An image of 4 MB, to OpenAI's dialect. */
  @Benchmark
  public Translated imageToChat() {
    return TO_CHAT.request(image, GPT);
  }

  /** A delta of Anthropic's as a chunk of OpenAI's. */
  @Benchmark
  public byte[] deltaToChunk() {
    return chunks.event(delta, 0, delta.length);
  }

  /** A chunk of OpenAI's as a delta of Anthropic's. */
  @Benchmark
  public byte[] chunkToDelta() {
    return events.event(chunk, 0, chunk.length);
  }
}
