package dev.tollgate.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
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

  @Test
  void saysWhenAnEventIsLongerThanTheBound() {
    ServerSentEvents splitter = new ServerSentEvents(10);
    assertThat(splitter.feed(Buffer.buffer("data: 1\n\n"), (bytes, from, to) -> {})).isTrue();
    assertThat(splitter.feed(Buffer.buffer("data: 12345678"), (bytes, from, to) -> {})).isFalse();
  }
}
