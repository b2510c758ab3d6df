package dev.tollgate.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Renewing tokens on two nodes, at a server that punishes a refresh token that is used twice. */
class RefreshIT {

  private final UUID connector = Ids.next();
  private AuthorizationServerFake server;
  private TestNodes nodes;

  @BeforeEach
  void connect() throws IOException {
    server = new AuthorizationServerFake();
    nodes = new TestNodes("http://127.0.0.1:8080");
    reconnect();
  }

  private void reconnect() {
    nodes.first.complete(
        TestNodes.browse(
            nodes.first.begin(
                nodes.organization,
                TestNodes.ADMIN,
                new Place(connector, null),
                server.mcp(),
                "")));
  }

  @AfterEach
  void close() {
    nodes.close();
    server.close();
  }

  private Authorization.Granted granted(Credentials node) {
    Authorization authorization = node.current(nodes.organization, connector);
    assertThat(authorization).isInstanceOf(Authorization.Granted.class);
    return (Authorization.Granted) authorization;
  }

  private CredentialStatus status() {
    return nodes.first.list(nodes.organization, connector).getFirst();
  }

  @Test
  void fiftyAtOnceOnTwoNodesMakeOneRequest() throws Exception {
    Authorization.Granted before = granted(nodes.first);
    granted(nodes.second);
    nodes.clock.advance(Duration.ofMinutes(61));
    server.pauseMillis = 100;
    List<Future<Authorization.Granted>> all = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 50; i++) {
        Credentials node = i % 2 == 0 ? nodes.first : nodes.second;
        all.add(callers.submit(() -> granted(node)));
      }
    }
    assertThat(server.refreshes()).isEqualTo(1);
    Authorization.Granted after = granted(nodes.first);
    assertThat(after.value()).isNotEqualTo(before.value());
    assertThat(after.version()).isEqualTo(before.version());
    for (Future<Authorization.Granted> one : all) {
      assertThat(one.get()).isEqualTo(after);
    }
  }

  @Test
  void goesOnThroughManyRotations() {
    for (int i = 1; i <= 5; i++) {
      nodes.clock.advance(Duration.ofMinutes(61));
      granted(i % 2 == 0 ? nodes.first : nodes.second);
      assertThat(server.refreshes()).isEqualTo(i);
    }
  }

  @Test
  void answersFromMemoryAndRenewsAheadInTheBackground() {
    Authorization.Granted before = granted(nodes.first);
    assertThat(nodes.first.cached(nodes.organization, connector)).isEqualTo(before);
    nodes.clock.advance(Duration.ofMinutes(57));
    assertThat(granted(nodes.first)).isEqualTo(before);
    assertThat(nodes.first.cached(nodes.organization, connector)).isEqualTo(before);
    await().until(() -> !granted(nodes.first).equals(before));
    assertThat(server.refreshes()).isEqualTo(1);
  }

  @Test
  void triesTheSameTokenOnceMoreAfterALostAnswer() {
    server.forgivesReuse = true;
    server.answersToLose.set(1);
    nodes.clock.advance(Duration.ofMinutes(61));
    granted(nodes.first);
    assertThat(server.refreshes()).isEqualTo(2);
    assertThat(server.tokenRequests.getLast().get("refresh_token"))
        .isEqualTo(server.tokenRequests.get(1).get("refresh_token"));
  }

  @Test
  void givesUpForNowAfterTwoLostAnswersAndGoesOnLater() {
    server.forgivesReuse = true;
    server.answersToLose.set(2);
    nodes.clock.advance(Duration.ofMinutes(61));
    assertFails(ErrorCode.UPSTREAM_INVALID);
    assertThat(server.refreshes()).isEqualTo(2);
    assertFails(ErrorCode.UPSTREAM_INVALID);
    assertThat(server.refreshes()).isEqualTo(2);
    assertThat(status().state()).isEqualTo("ready");
    nodes.clock.advance(Duration.ofSeconds(2));
    granted(nodes.first);
  }

  @Test
  void needsAPersonWhereALostAnswerWasPunished() {
    server.answersToLose.set(1);
    nodes.clock.advance(Duration.ofMinutes(61));
    assertThat(nodes.first.current(nodes.organization, connector))
        .isInstanceOf(Authorization.NeedsReauthorization.class);
  }

  @Test
  void retriesWhatNeverArrived() {
    server.failures.set(2);
    nodes.clock.advance(Duration.ofMinutes(61));
    granted(nodes.first);
    assertThat(server.refreshes()).isEqualTo(3);
    assertThat(status().state()).isEqualTo("ready");
  }

  @Test
  void neverGivesACredentialUpForAServerThatIsAway() {
    server.failures.set(1_000);
    nodes.clock.advance(Duration.ofMinutes(61));
    assertFails(ErrorCode.UPSTREAM_UNREACHABLE);
    assertThat(status().state()).isEqualTo("ready");
    server.failures.set(0);
    nodes.clock.advance(Duration.ofMinutes(2));
    granted(nodes.second);
  }

  @Test
  void servesATokenThatIsStillGoodWhileTheServerIsAway() {
    server.failures.set(1_000);
    nodes.clock.advance(Duration.ofMinutes(57));
    granted(nodes.first);
    assertThat(nodes.first.cached(nodes.organization, connector))
        .isInstanceOf(Authorization.Granted.class);
  }

  @Test
  void needsAPersonAfterInvalidGrantOnlyAndIsWellAfterOne() {
    server.revokeEverything();
    nodes.clock.advance(Duration.ofMinutes(61));
    for (Credentials node : List.of(nodes.first, nodes.second, nodes.first)) {
      assertThat(node.current(nodes.organization, connector))
          .isInstanceOfSatisfying(
              Authorization.NeedsReauthorization.class,
              needs -> assertThat(needs.problem()).contains("invalid_grant"));
    }
    assertThat(server.refreshes()).isEqualTo(1);
    assertThat(status().state()).isEqualTo("needs_reauthorization");
    assertThat(nodes.refreshes("needs_reauthorization")).isEqualTo(1);
    long version = status().version();
    reconnect();
    assertThat(granted(nodes.first).version()).isGreaterThan(version);
    assertThat(status().state()).isEqualTo("ready");
    assertThat(status().problem()).isNull();
  }

  @Test
  void needsAPersonWhereThereIsNothingToRenewBy() {
    server.givesRefreshTokens = false;
    reconnect();
    nodes.clock.advance(Duration.ofMinutes(61));
    assertThat(nodes.first.current(nodes.organization, connector))
        .isInstanceOf(Authorization.NeedsReauthorization.class);
    assertThat(server.refreshes()).isZero();
  }

  @Test
  void renewsATokenThatAServerRefusesOnceOverAllNodes() {
    Authorization.Granted used = granted(nodes.first);
    granted(nodes.second);
    nodes.clock.advance(Duration.ofMinutes(1));
    Authorization renewed = nodes.first.rejected(nodes.organization, connector, used);
    assertThat(renewed).isInstanceOf(Authorization.Granted.class).isNotEqualTo(used);
    assertThat(nodes.second.rejected(nodes.organization, connector, used)).isEqualTo(renewed);
    assertThat(server.refreshes()).isEqualTo(1);
  }

  private void assertFails(ErrorCode code) {
    assertThatThrownBy(() -> nodes.first.current(nodes.organization, connector))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(code));
  }
}
