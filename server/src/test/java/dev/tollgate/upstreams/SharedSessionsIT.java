package dev.tollgate.upstreams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.pooling.PoolConfig;
import dev.tollgate.pooling.PoolConfig.Bounds;
import dev.tollgate.pooling.PoolConfig.Times;
import dev.tollgate.upstreams.Node.Called;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions of a stateless server, which calls have in turn. */
class SharedSessionsIT {

  private static final Times PATIENT =
      new Times(
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofMillis(50),
          Duration.ofMinutes(15),
          Duration.ofHours(1),
          Duration.ofSeconds(60));

  private final SessionServer server = new SessionServer();
  private final List<Node> nodes = new ArrayList<>();

  private Node node(int max, int leases) {
    return node(new PoolConfig(new Bounds(0, max, max, 100, 1_000, leases, 20_000), PATIENT));
  }

  private Node node(PoolConfig pool) {
    Node node = new Node(UpstreamsConfig.DEFAULT.pool(pool));
    nodes.add(node);
    return node;
  }

  @AfterEach
  void close() {
    nodes.forEach(Node::close);
    server.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 10_000})
  void manyCallsAtOnceHaveFewSessions(int calls) {
    Node node = node(5, 16);
    Target target = Node.target(server.url());
    List<Called> all = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      all.add(node.call(target, "echo"));
    }
    all.forEach(Called::result);
    assertThat(server.done).hasValue(calls);
    assertThat(server.opened.get()).isBetween(1, 5);
    assertThat(server.sessions.values())
        .allSatisfy(each -> assertThat(each.mostCalls.get()).isLessThanOrEqualTo(16));
    assertThat(node.count("mcp.pool.acquisitions")).isGreaterThanOrEqualTo(calls);
    node.drain();
    await().untilAsserted(() -> assertThat(server.sessions).isEmpty());
    assertThat(node.waits()).isZero();
  }

  @Test
  void aLogLevelIsItsCallersAlone() {
    Node node = node(5, 16);
    Target target = Node.target(server.url());
    assertThat(levels(node.call(target, "log", "debug")))
        .containsExactly("debug", "info", "warning", "error");
    assertThat(levels(node.call(target, "log", null))).containsExactly("info", "warning", "error");
    assertThat(levels(node.call(target, "log", "error"))).containsExactly("error");
    node.send(
            target,
            new Invocation(
                Node.client(),
                Method.SET_LEVEL,
                Raw.of("{\"level\":\"debug\"}"),
                "debug",
                "somebody",
                Map.of()))
        .result();
    assertThat(levels(node.call(target, "log", null))).containsExactly("info", "warning", "error");
  }

  private static List<String> levels(Called called) {
    called.result();
    return called.notified.stream()
        .map(each -> String.valueOf(Members.orNone(each.params()).string("level")))
        .toList();
  }

  @Test
  void aServerThatForgotAllSessionsIsHealedByOneNewOneForEachCall() {
    Node node = node(5, 1);
    Target target = Node.target(server.url());
    List<Called> first = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      first.add(node.call(target, "hold"));
    }
    await().until(() -> server.held.size() == 5);
    server.release();
    first.forEach(Called::result);
    server.forgetAll();
    for (int i = 0; i < 8; i++) {
      node.call(target, "echo").result();
    }
    assertThat(server.opened.get()).isLessThanOrEqualTo(7);
    assertThat(server.done).hasValue(13);
  }

  @Test
  void whoIsAskedSomethingDoesNotKeepOthersWaiting() {
    Node node = node(1, 1);
    Target target = Node.target(server.url());
    Called asked = node.call(target, "ask");
    await().until(() -> !asked.asked.isEmpty());
    node.call(target, "echo").result();
    assertThat(asked.answer).isNotDone();
    asked.asked.getFirst().answer(new Question.Reply.Result(Raw.of("{\"action\":\"accept\"}")));
    asked.result();
    await().until(() -> server.closed.get() == 1);
  }

  @Test
  void theSessionsOfARotatedCredentialAreClosed() {
    Node node = node(5, 16);
    node.call(Node.target(server.url(), 1, Node.bearer("old")), "echo").result();
    Called slow = node.call(Node.target(server.url(), 1, Node.bearer("old")), "hold");
    await().until(() -> server.held.size() == 1);
    node.call(Node.target(server.url(), 2, Node.bearer("new")), "echo").result();
    assertThat(slow.answer).isNotDone();
    server.release();
    slow.result();
    await()
        .untilAsserted(() ->
            assertThat(server.sessions.values())
                .extracting(each -> each.authorization)
                .containsOnly("Bearer new"));
    assertThat(server.closed).hasPositiveValue();
  }

  @Test
  void whoGaveUpWaitingIsNotServed() {
    Node node = node(1, 1);
    Target target = Node.target(server.url());
    Called holding = node.call(target, "hold");
    await().until(() -> server.held.size() == 1);
    Called impatient = node.call(target, "echo");
    Called next = node.call(target, "echo");
    node.cancel(impatient);
    server.release();
    holding.result();
    next.result();
    assertThat(impatient.answer).isNotDone();
    assertThat(server.done).hasValue(2);
  }

  @Test
  void whoWaitsTooLongIsTold() {
    Times hurried =
        new Times(
            Duration.ofMillis(100),
            PATIENT.create(),
            PATIENT.drain(),
            PATIENT.waitTarget(),
            PATIENT.idle(),
            PATIENT.lifetime(),
            PATIENT.sweep());
    Node node = node(new PoolConfig(new Bounds(0, 1, 1, 10, 10, 1, 10), hurried));
    Target target = Node.target(server.url());
    // The session is there before, or its making would take part of the wait.
    await().until(() -> node.call(target, "echo").await() instanceof Answer.Result);
    Called holding = node.call(target, "hold");
    await().until(() -> server.held.size() == 1);
    assertThat(node.call(target, "echo").await())
        .isInstanceOfSatisfying(
            Answer.Failed.class,
            failed -> assertThat(failed.failure()).hasMessageContaining("no session free"));
    server.release();
    holding.result();
    assertThat(node.count("mcp.pool.timeouts")).isPositive();
  }

  @Test
  void nothingIsLeftBehindByAServerThatCutsConnections() {
    Node node = node(5, 4);
    Target target = Node.target(server.url());
    List<Called> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      all.add(node.call(target, i % 3 == 0 ? "echo" : "reset"));
    }
    for (int i = 0; i < all.size(); i++) {
      Answer answer = all.get(i).await();
      if (i % 3 != 0) {
        assertThat(answer).isInstanceOf(Answer.Failed.class);
      }
    }
    node.drain();
    assertThat(node.upstreams.sessionCount()).isZero();
    await().untilAsserted(() -> assertThat(server.sessions).isEmpty());
    await().until(() -> node.waits() == 0);
    node.close();
    nodes.clear();
    await().until(() -> server.connections.get() == 0);
  }

  /** Hears what comes. */
  private static final class Heard implements Hearing {
    final List<String> methods = new CopyOnWriteArrayList<>();

    @Override
    public void heard(Message.Notification notification) {
      methods.add(notification.method());
    }

    @Override
    public void asked(Question question) {
      methods.add("asked");
    }
  }

  @Test
  void allWhoListenShareOneStreamAndHearOfWhatIsTheirs() {
    Node node = node(5, 16);
    Target target = Node.target(server.url());
    Heard one = new Heard();
    Heard other = new Heard();
    Ongoing first = node.listen(target, Set.of("file:///a"), one);
    Ongoing second = node.listen(target, Set.of(), other);
    await().until(() -> server.streams() == 1 && subscribed().equals(Set.of("file:///a")));
    server.tellAll(
        new Message.Request(Raw.number(7), "elicitation/create", Raw.of("{\"message\":\"?\"}"))
            .raw());
    server.tellAll(new Message.Notification("notifications/message", Raw.of("{}")).raw());
    server.tellAll(
        new Message.Notification(Method.RESOURCE_UPDATED, Raw.of("{\"uri\":\"file:///a\"}")).raw());
    server.tellAll(new Message.Notification(Method.TOOLS_CHANGED, null).raw());
    await().until(() -> other.methods.contains(Method.TOOLS_CHANGED));
    await().until(() -> one.methods.contains(Method.TOOLS_CHANGED));
    assertThat(one.methods).containsExactly(Method.RESOURCE_UPDATED, Method.TOOLS_CHANGED);
    assertThat(other.methods).containsExactly(Method.TOOLS_CHANGED);
    await().until(() -> server.replies.size() == 1);
    assertThat(server.replies.getFirst()).isInstanceOf(Message.Fault.class);
    node.end(first);
    await().until(() -> subscribed().isEmpty());
    assertThat(server.streams()).isEqualTo(1);
    node.end(second);
    await().until(() -> server.streams() == 0);
  }

  private Set<String> subscribed() {
    Set<String> all = new java.util.TreeSet<>();
    server.sessions.values().forEach(each -> all.addAll(each.subscribed));
    return all;
  }

  @Test
  void whoListensHearsAgainAfterTheServerForgotTheSession() {
    Node node = node(5, 16);
    Heard heard = new Heard();
    Ongoing listening = node.listen(Node.target(server.url()), Set.of("file:///a"), heard);
    await().until(() -> server.streams() == 1);
    List<SessionServer.Open> old = List.copyOf(server.sessions.values());
    server.forgetAll();
    old.forEach(each -> each.streams.forEach(stream -> stream.end()));
    await().until(() -> server.streams() == 1 && subscribed().equals(Set.of("file:///a")));
    server.tellAll(new Message.Notification(Method.TOOLS_CHANGED, null).raw());
    await().until(() -> heard.methods.contains(Method.TOOLS_CHANGED));
    node.end(listening);
  }
}
