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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of legacy clients at this node. An identifier names the node, cannot be guessed, and
 * serves only the key that it was given to. Thread-safe.
 */
final class ClientSessions {

  private static final int ID_BYTES = 32;

  private final McpConfig config;
  private final UUID node;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Session> open = new ConcurrentHashMap<>();

  ClientSessions(McpConfig config, UUID node, Clock clock) {
    this.config = config;
    this.node = node;
    this.clock = clock;
  }

  /** A session that nobody can name yet: it counts once it is kept. */
  Session make(OrgScope scope, @Nullable String connector, Client client) {
    requireRoom(scope);
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

  private void requireRoom(OrgScope scope) {
    long mine =
        open.values().stream().filter(each -> each.scope().caller().equals(scope.caller())).count();
    if (open.size() >= config.sessions() || mine >= config.sessionsPerKey()) {
      throw Failure.of(
          ErrorCode.OVERLOADED, "too many sessions are open; end some with DELETE, or wait");
    }
  }

  void keep(Session session) {
    open.put(session.id(), session);
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
    return open.remove(session.id(), session);
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
