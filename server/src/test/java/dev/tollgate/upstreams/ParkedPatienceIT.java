package dev.tollgate.upstreams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.InputRequired;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Revision;
import dev.tollgate.testing.ManualClock;
import dev.tollgate.upstreams.Node.Called;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** For how long a call waits for its client to come back. */
class ParkedPatienceIT {

  private static final Duration NEARLY = Parking.PATIENCE.minusMinutes(1);

  private final SessionServer server = new SessionServer();
  private final ManualClock clock = new ManualClock();
  private final Node node = new Node(UpstreamsConfig.DEFAULT, clock);
  private final Target target =
      new Target(
          Node.CONNECTOR,
          "asking",
          "custom",
          1,
          Node.OWNER,
          new Endpoint.Http(server.url()),
          "",
          1,
          Authority.NONE,
          false,
          Patience.DEFAULT);

  @AfterEach
  void close() {
    node.close();
    server.close();
  }

  private Called call(Members more) {
    Members params = more.with("name", Raw.string("ask twice")).with("arguments", Raw.EMPTY_OBJECT);
    return node.send(
        target,
        new Invocation(
            new Client(Revision.MODERN, Raw.of("{\"elicitation\":{}}"), null),
            Method.TOOLS_CALL,
            params.raw(),
            null,
            "caller",
            Map.of()));
  }

  private Called answer(InputRequired question) {
    Members responses = Members.NONE;
    for (String key : question.requests().keySet()) {
      responses = responses.with(key, Raw.of("{\"action\":\"accept\",\"content\":{}}"));
    }
    return call(
        Members.NONE
            .with("inputResponses", responses.raw())
            .with("requestState", Raw.string(Objects.requireNonNull(question.state()))));
  }

  private static InputRequired question(Called called) {
    return Objects.requireNonNull(InputRequired.of(called.result()), "no question");
  }

  @Test
  void eachQuestionHasItsOwnTime() {
    InputRequired first = question(call(Members.NONE));
    clock.advance(NEARLY);
    InputRequired second = question(answer(first));
    clock.advance(NEARLY);
    node.upstreams.parking().sweep();
    assertThat(InputRequired.of(answer(second).result())).isNull();
    assertThat(node.upstreams.parking().size()).isZero();
  }

  @Test
  void nobodyIsWaitedForLongerThanThat() {
    InputRequired first = question(call(Members.NONE));
    InputRequired second = question(answer(first));
    clock.advance(Parking.PATIENCE.plusSeconds(1));
    node.upstreams.parking().sweep();
    assertThat(node.upstreams.parking().size()).isZero();
    assertThat(answer(second).await()).isInstanceOf(Answer.Fault.class);
  }
}
