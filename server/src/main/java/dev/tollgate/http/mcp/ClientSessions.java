package dev.tollgate.http.mcp;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Owned;
import dev.tollgate.tenancy.OrgScope;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of legacy clients at this node. An identifier names the node, cannot be guessed, and
 * serves only the key that it was given to. A session has its place among those that its key, its
 * organization and the node may have from when it is made until it is removed or discarded.
 * Thread-safe.
 */
final class ClientSessions {

  private static final int ID_BYTES = 32;

  private final McpConfig config;
  private final UUID node;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Session> open = new ConcurrentHashMap<>();
  private final Object lock = new Object();
  private final Map<UUID, Integer> ofOrganizations = new HashMap<>();
  private final Map<String, Integer> ofCallers = new HashMap<>();
  private int taken;

  ClientSessions(McpConfig config, UUID node, Clock clock) {
    this.config = config;
    this.node = node;
    this.clock = clock;
  }

  /**
   * A session that nobody can name until it is {@link #keep kept}; otherwise it is to be {@link
   * #discard discarded}.
   *
   * @throws Failure OVERLOADED where its key, its organization or this node has as many as it may
   */
  Session make(OrgScope scope, @Nullable String connector, Client client) {
    take(scope);
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    return new Session(
        new Owned(node, Base64.getUrlEncoder().withoutPadding().encodeToString(id)).text(),
        scope,
        connector,
        client,
        new EventLogs(config.replayBytes()),
        clock.nanoTime());
  }

  private void take(OrgScope scope) {
    synchronized (lock) {
      if (ofCallers.getOrDefault(scope.caller(), 0) >= config.sessionsPerKey()) {
        throw full("of this key");
      }
      if (ofOrganizations.getOrDefault(scope.organizationId(), 0)
          >= config.sessionsPerOrganization()) {
        throw full("of this organization");
      }
      if (taken >= config.sessions()) {
        throw full("at this node");
      }
      ofCallers.merge(scope.caller(), 1, Integer::sum);
      ofOrganizations.merge(scope.organizationId(), 1, Integer::sum);
      taken++;
    }
  }

  private static Failure full(String whose) {
    return Failure.of(
        ErrorCode.OVERLOADED,
        "too many sessions " + whose + " are open; end some with DELETE, or wait");
  }

  private void giveBack(OrgScope scope) {
    synchronized (lock) {
      ofCallers.computeIfPresent(scope.caller(), ClientSessions::oneLess);
      ofOrganizations.computeIfPresent(scope.organizationId(), ClientSessions::oneLess);
      taken--;
    }
  }

  private static @Nullable Integer oneLess(Object ignored, int count) {
    return count == 1 ? null : count - 1;
  }

  void keep(Session session) {
    open.put(session.id(), session);
  }

  /** Forgets one that was never kept. */
  void discard(Session session) {
    giveBack(session.scope());
  }

  /** The session of this identifier, where it is this caller's; null: there is none. */
  @Nullable Session find(String id, OrgScope scope, @Nullable String connector) {
    Session session = open.get(id);
    if (session == null || !session.belongsTo(scope, connector)) {
      return null;
    }
    session.used(clock.nanoTime());
    return session;
  }

  /** Takes it away; false: somebody did before. */
  boolean remove(Session session) {
    boolean removed = open.remove(session.id(), session);
    if (removed) {
      giveBack(session.scope());
    }
    return removed;
  }

  /** Takes away those that nobody used for a while. */
  List<Session> removeIdle() {
    long now = clock.nanoTime();
    List<Session> idle = new ArrayList<>();
    for (Session session : open.values()) {
      if (!session.busy() && now - session.usedNanos() > config.idle().toNanos()) {
        idle.add(session);
      }
    }
    return idle.stream().filter(this::remove).toList();
  }

  /** Takes away all. */
  List<Session> removeAll() {
    return open.values().stream().filter(this::remove).toList();
  }

  int size() {
    return open.size();
  }
}
