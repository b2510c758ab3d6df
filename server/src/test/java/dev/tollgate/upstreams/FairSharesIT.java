package dev.tollgate.upstreams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Revision;
import dev.tollgate.upstreams.Node.Called;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one caller or one organization has of a node leaves enough for the others. */
class FairSharesIT {

  private static final int SESSIONS = 16;
  private static final UUID OTHER = UUID.randomUUID();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final SessionServer server = new SessionServer();
  private final List<Node> nodes = new ArrayList<>();

  private Node node(UpstreamsConfig config) {
    Node node = new Node(config);
    nodes.add(node);
    return node;
  }

  private Node node() {
    return node(new UpstreamsConfig(1 << 20, SESSIONS, UpstreamsConfig.DEFAULT.pool(), true));
  }

  @AfterEach
  void close() {
    nodes.forEach(Node::close);
    server.close();
  }

  private Target own(UUID owner) {
    return Node.target(Node.target(server.url()), owner, false);
  }

  /** One who declares something else each time: what was declared is a session's for good. */
  private static Invocation declaring(int what, String tool, String affinity) {
    return new Invocation(
        new Client(Revision.NEWEST_LEGACY, Raw.of("{\"experimental\":{\"n\":" + what + "}}"), null),
        Method.TOOLS_CALL,
        Raw.of("{\"name\":\"" + tool + "\",\"arguments\":{}}"),
        null,
        affinity,
        Map.of());
  }

  private static ErrorCode failure(Called called) {
    if (called.await() instanceof Answer.Failed failed) {
      return failed.failure().code();
    }
    throw new AssertionError("it did not fail");
  }

  @Test
  void aCallerWhoDeclaresManyThingsClosesItsOwnOldestSessions() {
    Node node = node();
    for (int i = 0; i < 3 * SESSIONS; i++) {
      node.send(own(Node.OWNER), declaring(i, "echo", "one")).result();
    }
    node.send(own(OTHER), declaring(0, "echo", "other")).result();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(server.sessions.size()).isLessThanOrEqualTo(SESSIONS / 2));
  }

  @Test
  void anOrganizationThatHasItsShareInUseIsRefusedAndNoOther() {
    Node node = node();
    List<Called> held = new ArrayList<>();
    for (int i = 0; i < SESSIONS / 4; i++) {
      held.add(node.send(own(Node.OWNER), declaring(i, "hold", "one")));
    }
    await().atMost(PATIENCE).until(() -> server.held.size() == held.size());
    assertThat(failure(node.send(own(Node.OWNER), declaring(99, "echo", "one"))))
        .isEqualTo(ErrorCode.OVERLOADED);
    node.send(own(OTHER), declaring(0, "echo", "other")).result();
    server.release();
    held.forEach(Called::result);
    node.send(own(Node.OWNER), declaring(99, "echo", "one")).result();
  }

  @Test
  void anOrganizationHasSomeOfTheChildProcesses() {
    Node node = node(UpstreamsConfig.DEFAULT.processes(true));
    Endpoint sleeps = new Endpoint.Stdio(List.of("/bin/sleep", "600"), Map.of());
    List<Called> waiting = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      waiting.add(node.send(child(Node.OWNER, sleeps), declaring(0, "echo", "c" + i)));
    }
    await().atMost(PATIENCE).until(() -> node.upstreams.processes().size() == 24);
    assertThat(failure(node.send(child(Node.OWNER, sleeps), declaring(0, "echo", "more"))))
        .isEqualTo(ErrorCode.OVERLOADED);
    waiting.add(node.send(child(OTHER, sleeps), declaring(0, "echo", "other")));
    await().atMost(PATIENCE).until(() -> node.upstreams.processes().size() == 25);
    waiting.forEach(node::cancel);
  }

  private static Target child(UUID owner, Endpoint endpoint) {
    return new Target(
        Node.CONNECTOR,
        "child",
        "custom",
        1,
        owner,
        endpoint,
        "",
        1,
        Authority.NONE,
        false,
        Patience.DEFAULT);
  }

  private Called subscribe(Node node, UUID owner, String affinity) {
    return node.send(
        Node.target(Node.target(server.url()), owner, true),
        new Invocation(
            new Client(Revision.MODERN, Raw.EMPTY_OBJECT, null),
            Method.LISTEN,
            Raw.of("{\"notifications\":{\"resourcesListChanged\":true}}"),
            null,
            affinity,
            Map.of()));
  }

  private static boolean begun(Called called) {
    return called.notified.stream()
        .map(Message.Notification::method)
        .anyMatch(Method.ACKNOWLEDGED::equals);
  }

  @Test
  void aCallerHasSoManyStreamsOfChangesAndNoMore() {
    Node node = node(UpstreamsConfig.DEFAULT);
    List<Called> open = new ArrayList<>();
    for (int i = 0; i < Listeners.OF_CALLER; i++) {
      open.add(subscribe(node, Node.OWNER, "one"));
    }
    await().atMost(PATIENCE).until(() -> open.stream().allMatch(FairSharesIT::begun));
    assertThat(failure(subscribe(node, Node.OWNER, "one"))).isEqualTo(ErrorCode.STREAMS_LIMITED);
    Called another = subscribe(node, Node.OWNER, "another");
    await().atMost(PATIENCE).until(() -> begun(another));
    node.cancel(open.getFirst());
    Called next = subscribe(node, Node.OWNER, "one");
    await().atMost(PATIENCE).until(() -> begun(next));
    assertThat(failure(subscribe(node, Node.OWNER, "one"))).isEqualTo(ErrorCode.STREAMS_LIMITED);
  }

  @Test
  void streamsThatLastTakeNoConnectionFromCalls() {
    Node node = node(UpstreamsConfig.DEFAULT);
    List<Ongoing> listening = new ArrayList<>();
    int streams = 520;
    for (int i = 0; i < streams; i++) {
      listening.add(
          node.listen(
              Node.target(Node.target(server.url()), UUID.randomUUID(), true),
              Set.of(),
              Deaf.EARS));
    }
    await().atMost(PATIENCE).until(() -> server.streams() == streams);
    node.call(Node.target(Node.target(server.url()), OTHER, true), "echo").result();
    listening.forEach(node::end);
  }

  /** Listens, and does not care. */
  private enum Deaf implements Hearing {
    EARS;

    @Override
    public void heard(Message.Notification notification) {}

    @Override
    public void asked(Question question) {}

    @Override
    public void lost() {}
  }
}
