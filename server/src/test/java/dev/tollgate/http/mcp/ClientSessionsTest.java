package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Revision;
import dev.tollgate.tenancy.Entitlements;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Scopes;
import dev.tollgate.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Six sessions at a node, of which an organization may have four and a key two. */
class ClientSessionsTest {

  private static final Client CLIENT = new Client(Revision.NEWEST_LEGACY, Raw.EMPTY_OBJECT, null);

  private final ManualClock clock = new ManualClock();
  private final ClientSessions sessions =
      new ClientSessions(
          new McpConfig(
              true, Set.of(), 6, 4, 2, Duration.ofMinutes(30), Duration.ofSeconds(15), 1_024, null),
          Ids.next(),
          clock);
  private final UUID acme = Ids.next();
  private final UUID globex = Ids.next();

  private static OrgScope key(UUID organization) {
    return Scopes.of(organization, Ids.next(), null, Entitlements.OPEN);
  }

  private Session kept(OrgScope scope) {
    Session session = sessions.make(scope, null, CLIENT);
    sessions.keep(session);
    return session;
  }

  private void assertFull(OrgScope scope, String whose) {
    assertThatThrownBy(() -> sessions.make(scope, null, CLIENT))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED))
        .hasMessageContaining(whose);
  }

  @Test
  void aKeyLeavesRoomForOthersOfItsOrganization() {
    OrgScope one = key(acme);
    Session first = kept(one);
    kept(one);
    assertFull(one, "of this key");
    kept(key(acme));
    assertThat(sessions.remove(first)).isTrue();
    assertThat(sessions.remove(first)).isFalse();
    kept(one);
    assertFull(one, "of this key");
  }

  @Test
  void anOrganizationLeavesRoomForOthers() {
    for (int i = 0; i < 4; i++) {
      kept(key(acme));
    }
    assertFull(key(acme), "of this organization");
    kept(key(globex));
    kept(key(globex));
    assertFull(key(globex), "at this node");
    sessions.removeAll();
    assertThat(sessions.size()).isZero();
    kept(key(acme));
  }

  @Test
  void aSessionHasItsPlaceWhileItsHandshakeIsUnderWayAndNoLonger() {
    OrgScope one = key(acme);
    Session shaking = sessions.make(one, null, CLIENT);
    kept(one);
    assertFull(one, "of this key");
    sessions.discard(shaking);
    assertThat(sessions.find(shaking.id(), one, null)).isNull();
    kept(one);
    clock.advance(Duration.ofMinutes(31));
    assertThat(sessions.removeIdle()).hasSize(2);
    kept(one);
    kept(one);
  }

  @Test
  void boundsAreExactForManyAtOnce() throws Exception {
    List<Callable<Boolean>> tries = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      tries.add(() -> {
        try {
          sessions.make(key(acme), null, CLIENT);
          return true;
        } catch (Failure full) {
          return false;
        }
      });
    }
    int made = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<Boolean> each : threads.invokeAll(tries)) {
        made += each.get() ? 1 : 0;
      }
    }
    assertThat(made).isEqualTo(4);
  }
}
