package dev.tollgate.upstreams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.ErrorCode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is sent to a server that fails all the time. */
class BreakerIT {

  private final SessionServer server = new SessionServer();
  private final Node node = new Node(UpstreamsConfig.DEFAULT);

  @AfterEach
  void close() {
    node.close();
    server.close();
  }

  @Test
  void nothingIsSentToAServerThatFailsAllTheTimeUntilItWorksAgain() {
    Target target = Node.target(server.url());
    node.call(target, "echo").result();
    int failed = 0;
    while (failure(target, "break") == ErrorCode.UPSTREAM_INVALID) {
      assertThat(++failed).isLessThanOrEqualTo(Breakers.CALLS);
    }
    assertThat(failed).isGreaterThanOrEqualTo(Breakers.CALLS / 2);
    int before = server.requests.get();
    assertThat(failure(target, "echo")).isEqualTo(ErrorCode.UPSTREAM_UNREACHABLE);
    assertThat(server.requests).hasValue(before);
    assertThat(node.count("mcp.breaker.refused")).isPositive();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> node.call(target, "echo").await() instanceof Answer.Result);
    for (int i = 0; i < Breakers.CALLS; i++) {
      node.call(target, "echo").result();
    }
  }

  @Test
  void anotherCredentialIsNotStopped() {
    Target revoked = Node.target(server.url(), "revoked", 1, Authority.NONE);
    for (int i = 0; i <= Breakers.CALLS; i++) {
      failure(revoked, "break");
    }
    assertThat(failure(revoked, "echo")).isEqualTo(ErrorCode.UPSTREAM_UNREACHABLE);
    node.call(Node.target(server.url(), "good", 1, Authority.NONE), "echo").result();
  }

  @Test
  void anErrorOfTheProtocolIsAServerThatWorks() {
    Target target = Node.target(server.url());
    for (int i = 0; i < 3 * Breakers.CALLS; i++) {
      assertThat(node.call(target, "fault").await()).isInstanceOf(Answer.Fault.class);
    }
    node.call(target, "echo").result();
  }

  @Test
  void callsThatAreGivenUpSayNothingOfTheServer() {
    Target target = Node.target(server.url());
    for (int i = 0; i < 3 * Breakers.CALLS; i++) {
      Node.Called held = node.call(target, "hold");
      int number = i + 1;
      await().until(() -> server.held.size() == number);
      node.cancel(held);
    }
    node.call(target, "echo").result();
  }

  private ErrorCode failure(Target target, String tool) {
    if (node.call(target, tool).await() instanceof Answer.Failed failed) {
      return failed.failure().code();
    }
    throw new AssertionError("it was answered");
  }
}
