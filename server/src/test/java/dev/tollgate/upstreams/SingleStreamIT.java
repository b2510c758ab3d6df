package dev.tollgate.upstreams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.mcp.Raw;
import dev.tollgate.pooling.PoolConfig;
import dev.tollgate.pooling.PoolConfig.Bounds;
import dev.tollgate.pooling.PoolConfig.Times;
import dev.tollgate.upstreams.Node.Called;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions over a single stream, on which everything of a call comes with no name of its own. */
class SingleStreamIT {

  private static final Duration LONG = Duration.ofSeconds(60);

  private static final Duration STEADY = Duration.ofSeconds(1);
  private static final String LINE = "x".repeat(64 * 1024);
  private static final int LINES = 1_000;

  /** Says its argument over and over, then answers. */
  private static final String SCRIPT =
      """
      while read -r line; do
        id=$(printf %s "$line" | sed -n 's/.*"id":\\([0-9]*\\),.*/\\1/p')
        case "$line" in
          *'"initialize"'*)
            echo '{"jsonrpc":"2.0","id":'$id',"result":{"protocolVersion":"2025-11-25",\
      "capabilities":{},"serverInfo":{"name":"s","version":"1"}}}';;
          *'"tools/call"'*)
            yes "$1" | head -n 1000
            echo '{"jsonrpc":"2.0","id":'$id',"result":{"content":[]}}';;
        esac
      done
      """;

  private final StreamServer server = new StreamServer();
  private final Node node =
      new Node(
          UpstreamsConfig.DEFAULT
              .processes(true)
              .pool(
                  new PoolConfig(
                      new Bounds(0, 1, 1, 100, 1_000, 1, 1_000),
                      new Times(LONG, LONG, LONG, LONG, LONG, LONG, LONG))));

  @AfterEach
  void close() {
    node.close();
    server.close();
  }

  private StreamServer.Came begun(int calls) {
    await().atMost(LONG).until(() -> server.calls.size() >= calls);
    return server.calls.get(calls - 1);
  }

  @Test
  void whatIsSaidOfACancelledCallReachesNobody() {
    Target target = Node.single(server.url(), true);
    Called left = node.call(target, "hold");
    StreamServer.Came late = begun(1);
    node.cancel(left);
    Called next = node.call(target, "echo");
    late.log("of the one who left");
    late.ask("whose");
    await().atMost(LONG).until(() -> !server.refused().isEmpty());
    assertThat(server.refused().getFirst().id()).isEqualTo(Raw.string("whose"));
    assertThat(server.calls).as("the next call waits").hasSize(1);

    late.answer();

    assertThat(next.result().json()).contains("\"stream\":1");
    assertThat(next.notified).isEmpty();
    assertThat(next.asked).isEmpty();
    assertThat(server.opened).hasValue(1);
  }

  @Test
  void aSessionWhoseServerDoesNotEndACancelledCallIsLentNoMore() {
    Target target = Node.single(server.url(), true);
    Called left = node.call(target, "hold");
    StreamServer.Came late = begun(1);
    node.cancel(left);
    Called next = node.call(target, "hold");
    late.log("of the one who left");

    StreamServer.Came other = begun(2);
    assertThat(other.stream()).isEqualTo(2);
    late.ask("whose");
    other.answer();

    next.result();
    assertThat(next.notified).isEmpty();
    assertThat(next.asked).isEmpty();
    await().atMost(LONG).until(() -> server.closed.get() == 1);
  }

  /** It may keep what its client needs still: that it reads on is enough. */
  @Test
  void aSessionOfOneClientGoesOnBehindACancelledCall() {
    Target target = Node.single(server.url(), false);
    Called left = node.call(target, "hold", null, "client");
    begun(1);
    node.cancel(left);
    assertThat(node.call(target, "echo", null, "client").result().json()).contains("\"stream\":1");
    assertThat(server.opened).hasValue(1);
  }

  @Test
  void aCallerThatTakesNoMoreHoldsItsServerBack() {
    Called called = node.call(Node.single(server.url(), true), "hold");
    StreamServer.Came came = begun(1);
    node.pause(called);
    AtomicInteger written = new AtomicInteger();
    flood(came, written);
    Settled settled = new Settled(written::get);
    await().atMost(LONG).during(STEADY).until(settled::steady);
    assertThat(written.get() * LINE.length()).as("what lies in buffers").isLessThan(16 << 20);
    assertThat(node.call(Node.single(server.url(), false), "echo").result().json())
        .as("another session")
        .contains("\"stream\":2");

    node.resume(called);

    await().atMost(LONG).until(() -> called.notified.size() == LINES);
    came.answer();
    called.result();
  }

  /** As many lines as there are, each when the one before was taken. */
  private static void flood(StreamServer.Came came, AtomicInteger written) {
    came.event(StreamServer.Came.logged(LINE))
        .onSuccess(taken -> {
          if (written.incrementAndGet() < LINES) {
            flood(came, written);
          }
        });
  }

  @Test
  void aCallerThatTakesNoMoreHoldsItsProcessBack() {
    String line = StreamServer.Came.logged(LINE).raw().json();
    Called called =
        node.callThatPauses(
            Node.single(
                new Endpoint.Stdio(List.of("/bin/sh", "-c", SCRIPT, "sh", line), Map.of()), true),
            "flood");
    await().atMost(LONG).until(() -> !called.notified.isEmpty());
    Settled settled = new Settled(called.notified::size);
    await().atMost(LONG).during(STEADY).until(settled::steady);
    assertThat(called.notified.size()).isLessThan(LINES);

    node.resume(called);

    called.result();
    assertThat(called.notified).hasSize(LINES);
  }

  @Test
  void questionsWithoutEndAreRefused() {
    Called called = node.call(Node.single(server.url(), true), "hold");
    StreamServer.Came came = begun(1);
    for (int i = 0; i < 3 * OpenQuestions.MOST; i++) {
      came.ask("q" + i);
    }
    await().atMost(LONG).until(() -> server.refused().size() == 2 * OpenQuestions.MOST);
    await().atMost(LONG).until(() -> called.asked.size() == OpenQuestions.MOST);

    called.asked.getFirst().answer(new Question.Reply.Result(Raw.EMPTY_OBJECT));
    came.ask("again");

    await().atMost(LONG).until(() -> called.asked.size() == OpenQuestions.MOST + 1);
    assertThat(node.upstreams.questions().taken()).isPositive();
    came.answer();
    called.result();
    assertThat(node.upstreams.questions().taken()).isZero();
  }

  /** Whether a number stays as it is. */
  private static final class Settled {
    private final IntSupplier number;
    private int before = -1;

    Settled(IntSupplier number) {
      this.number = number;
    }

    boolean steady() {
      int now = number.getAsInt();
      boolean same = now == before;
      before = now;
      return same;
    }
  }
}
