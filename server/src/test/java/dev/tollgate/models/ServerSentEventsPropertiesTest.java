package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerSentEventsPropertiesTest {

  private static final List<String> LINE_ENDS = List.of("\n", "\r\n", "\r");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void splitsTheSameHoweverTheBytesArrive(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      String end = LINE_ENDS.get(random.nextInt(3));
      List<String> events = events(random, end);
      byte[] stream = String.join("", events).getBytes(StandardCharsets.UTF_8);
      List<String> seen = new ArrayList<>();
      ServerSentEvents splitter = new ServerSentEvents(1 << 20);
      for (int at = 0; at < stream.length; ) {
        int size = Math.min(stream.length - at, 1 + random.nextInt(40));
        splitter.feed(
            Buffer.buffer(stream).getBuffer(at, at + size),
            (bytes, from, to) ->
                seen.add(new String(bytes, from, to - from, StandardCharsets.UTF_8)));
        at += size;
      }
      String all = String.join("", seen) + splitter.rest().toString();
      assertThat(all).as("nothing lost, seed %d", seed).isEqualTo(String.join("", events));
      // A lone CR at the very end may still be followed by its LF: that event waits.
      int whole = end.equals("\r") ? events.size() - 1 : events.size();
      assertThat(seen.subList(0, whole)).as("seed %d", seed).isEqualTo(events.subList(0, whole));
    }
  }

  private static List<String> events(Random random, String end) {
    List<String> events = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(8); i++) {
      StringBuilder event = new StringBuilder();
      for (int line = 0; line <= random.nextInt(3); line++) {
        event.append("data: ").append("ü".repeat(1 + random.nextInt(30))).append(end);
      }
      events.add(event.append(end).toString());
    }
    return events;
  }

  /** Whoever looks at all of an unfinished line with each chunk takes minutes for this. */
  @Test
  @Timeout(60)
  void looksAtEveryByteOnce() {
    int size = 16 * 1024 * 1024;
    ServerSentEvents splitter = new ServerSentEvents(2 * size);
    Buffer chunk = Buffer.buffer("x".repeat(128));
    List<Integer> seen = new ArrayList<>();
    splitter.feed(Buffer.buffer("data: "), (bytes, from, to) -> seen.add(to - from));
    for (int fed = 0; fed < size; fed += chunk.length()) {
      splitter.feed(chunk, (bytes, from, to) -> seen.add(to - from));
    }
    splitter.feed(Buffer.buffer("\r\n\r\n"), (bytes, from, to) -> seen.add(to - from));
    assertThat(seen).containsExactly(size + 10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void joinsTheLinesOfData(String end) {
    String lines = "event: a|data: {\"a\"|data::1,|data:|: 2|data: \"b\":2}||";
    List<String> seen = new ArrayList<>();
    ServerSentEvents splitter = new ServerSentEvents(1 << 20);
    splitter.feed(
        Buffer.buffer((lines + "data: 1||" + lines + ":||").replace("|", end)),
        (bytes, from, to) ->
            seen.add(
                splitter.folded()
                    ? new String(ServerSentEvents.unfolded(bytes, from, to), StandardCharsets.UTF_8)
                    : "one"));
    String joined = "event: a\n: 2\ndata:  {\"a\" :1,   \"b\":2}\n\n";
    assertThat(seen.subList(0, 3)).containsExactly(joined, "one", joined);
  }

  @Test
  void saysWhenAnEventIsLongerThanTheBound() {
    ServerSentEvents splitter = new ServerSentEvents(10);
    assertThat(splitter.feed(Buffer.buffer("data: 1\n\n"), (bytes, from, to) -> {})).isTrue();
    assertThat(splitter.feed(Buffer.buffer("data: 12345678"), (bytes, from, to) -> {})).isFalse();
  }
}
