package dev.tollgate.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventStreamTest {

  private static final String STREAM =
      ": a comment\r\n\r\nid: 1\nretry: 500\ndata: \n\nevent: endpoint\rdata: /x?y=1\r\r"
          + "data: {\"a\":\r\ndata: 1}\r\n\r\nid: é\ndata:two\n\n\n\nevent: lonely\n\n";

  private static List<EventStream.Event> read(byte[] bytes, Random random) {
    EventStream stream = new EventStream(1_000);
    List<EventStream.Event> events = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      int next = Math.min(bytes.length, at + 1 + random.nextInt(9));
      stream.feed(Arrays.copyOfRange(bytes, at, next), events::add);
      at = next;
    }
    return events;
  }

  @Test
  void readsTheSameHoweverTheBytesArrive() {
    byte[] bytes = STREAM.getBytes(StandardCharsets.UTF_8);
    for (long seed = 1; seed <= 500; seed++) {
      assertThat(read(bytes, new Random(seed)))
          .as("seed " + seed)
          .containsExactly(
              new EventStream.Event("1", "message", Raw.of(""), 500L),
              new EventStream.Event(null, "endpoint", Raw.of("/x?y=1"), null),
              new EventStream.Event(null, "message", Raw.of("{\"a\":\n1}"), null),
              new EventStream.Event("é", "message", Raw.of("two"), null));
    }
  }

  @Test
  void refusesAnEventBeyondItsBound() {
    EventStream stream = new EventStream(100);
    byte[] line = ("data: " + "x".repeat(60) + "\n").getBytes(StandardCharsets.UTF_8);
    stream.feed(line, event -> {});
    assertThatThrownBy(() -> stream.feed(line, event -> {})).isInstanceOf(RpcError.class);
  }

  @ParameterizedTest
  @CsvSource({
    "500, 500",
    "9223372036854775807, 3600000",
    "99999999999999999999,",
    "-5,",
    "soon,",
  })
  void boundsHowLongAStreamMayBeAwaited(String said, @Nullable Long millis) {
    EventStream stream = new EventStream(100);
    List<EventStream.Event> events = new ArrayList<>();
    stream.feed(("id: 1\nretry: " + said + "\n\n").getBytes(StandardCharsets.UTF_8), events::add);
    assertThat(events).containsExactly(new EventStream.Event("1", "message", Raw.of(""), millis));
  }
}
