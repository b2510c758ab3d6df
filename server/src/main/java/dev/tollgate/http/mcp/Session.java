package dev.tollgate.http.mcp;

import dev.tollgate.connectors.Downstream;
import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Raw;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.upstreams.Question;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A legacy client's session: who it is, what it waits for, what is waited for from it. Shared by
 * all event loops; thread-safe.
 */
final class Session {

  private final String id;
  private final OrgScope scope;
  private final @Nullable String connector;
  private final Client client;
  private final AtomicLong questionIds = new AtomicLong();
  private final Map<Long, Question> questions = new ConcurrentHashMap<>();
  private final Map<Raw, Runnable> calls = new ConcurrentHashMap<>();

  private volatile @Nullable String logLevel;
  private volatile long usedNanos;
  private volatile boolean closed;

  Session(String id, OrgScope scope, @Nullable String connector, Client client, long nowNanos) {
    this.id = id;
    this.scope = scope;
    this.connector = connector;
    this.client = client;
    this.usedNanos = nowNanos;
  }

  String id() {
    return id;
  }

  OrgScope scope() {
    return scope;
  }

  Downstream downstream() {
    return new Downstream(scope, connector, client, id);
  }

  /** Whether it was opened by this caller, at this address. */
  boolean belongsTo(OrgScope other, @Nullable String address) {
    return scope.organizationId().equals(other.organizationId())
        && scope.caller().equals(other.caller())
        && Objects.equals(connector, address);
  }

  void used(long nowNanos) {
    usedNanos = nowNanos;
  }

  long usedNanos() {
    return usedNanos;
  }

  @Nullable String logLevel() {
    return logLevel;
  }

  void logLevel(@Nullable String level) {
    logLevel = level;
  }

  /** Keeps a question until it is answered; its identifier in this session. */
  long ask(Question question) {
    long number = questionIds.incrementAndGet();
    questions.put(number, question);
    return number;
  }

  /** The question that a response is to; null: none that is open. */
  @Nullable Question question(@Nullable Raw answered) {
    Long number = answered == null ? null : answered.whole();
    return number == null ? null : questions.remove(number);
  }

  void forget(long question) {
    questions.remove(question);
  }

  /** Keeps how to cancel a call; false: one with this identifier is under way. */
  boolean begin(Raw call, Runnable cancel) {
    return calls.putIfAbsent(call, cancel) == null;
  }

  void end(Raw call) {
    calls.remove(call);
  }

  /** Cancels a call, where it is under way. */
  void cancel(Raw call) {
    Runnable cancel = calls.remove(call);
    if (cancel != null) {
      cancel.run();
    }
  }

  /** Whether calls are under way. */
  boolean busy() {
    return !calls.isEmpty();
  }

  boolean closed() {
    return closed;
  }

  /** Ends it: its calls are cancelled. */
  void close() {
    closed = true;
    Map.copyOf(calls).keySet().forEach(this::cancel);
    questions.clear();
  }
}
