package dev.tollgate.http.mcp;

import dev.tollgate.connectors.Downstream;
import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Raw;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.upstreams.Question;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A legacy client's session: who it is, what it waits for, what is waited for from it. Shared by
 * all event loops; thread-safe.
 */
final class Session {

  /** A call under way; told from any thread. */
  interface Running {
    void cancel();

    /** A client came back to this stream. */
    void hurry(int stream);
  }

  private static final int SUBSCRIPTIONS = 256;

  /** That may be open in all; each call bounds its own. */
  private static final int QUESTIONS = 256;

  private final String id;
  private final OrgScope scope;
  private final @Nullable String connector;
  private final Client client;
  private final AtomicLong questionIds = new AtomicLong();
  private final Map<Long, Question> questions = new ConcurrentHashMap<>();
  private final Map<Raw, Running> calls = new ConcurrentHashMap<>();

  private final Set<String> subscribed = ConcurrentHashMap.newKeySet();
  private final EventLogs logs;

  private volatile @Nullable String logLevel;
  private @Nullable Runnable listening;
  private @Nullable Runnable relisten;
  private volatile long usedNanos;
  private volatile boolean closed;

  Session(
      String id,
      OrgScope scope,
      @Nullable String connector,
      Client client,
      EventLogs logs,
      long nowNanos) {
    this.logs = logs;
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

  EventLogs logs() {
    return logs;
  }

  /** The resources whose changes the client wants. */
  Set<String> subscribed() {
    return Set.copyOf(subscribed);
  }

  /** The client subscribed to a resource, or ended that; whoever listens for it begins anew. */
  void subscribe(String uri, boolean wanted) {
    boolean changed =
        wanted ? subscribed.size() < SUBSCRIPTIONS && subscribed.add(uri) : subscribed.remove(uri);
    Runnable again;
    synchronized (this) {
      again = relisten;
    }
    if (changed && again != null) {
      again.run();
    }
  }

  /**
   * The client listens; one who did before does not any more.
   *
   * @param end ends it
   * @param again begins it anew, with the subscriptions as they are then
   */
  void listens(Runnable end, Runnable again) {
    Runnable before;
    synchronized (this) {
      before = listening;
      listening = end;
      relisten = again;
    }
    if (before != null) {
      before.run();
    }
  }

  /** It does not listen any more. */
  synchronized void deaf(Runnable end) {
    if (end.equals(listening)) {
      listening = null;
      relisten = null;
    }
  }

  /** A client came back to a stream. */
  void hurry(int stream) {
    calls.values().forEach(each -> each.hurry(stream));
  }

  /**
   * Keeps a question until it is answered.
   *
   * @return its identifier in this session; null: too many are open, and it was refused
   */
  @Nullable Long ask(Question question) {
    if (closed || questions.size() >= QUESTIONS) {
      question.refuse("too many questions are open in this session");
      return null;
    }
    Long number = questionIds.incrementAndGet();
    questions.put(number, question);
    if (closed) {
      forget(number);
    }
    return number;
  }

  /** The question that a response is to; null: none that is open. */
  @Nullable Question question(@Nullable Raw answered) {
    Long number = answered == null ? null : answered.whole();
    return number == null ? null : questions.remove(number);
  }

  /** What it was asked for is over. */
  void forget(Long number) {
    Question question = questions.remove(number);
    if (question != null) {
      question.drop();
    }
  }

  /** Whether it waits for its answer still. */
  boolean asks(Long number) {
    return questions.containsKey(number);
  }

  /**
   * Keeps a call, which may be cancelled at once where the session has ended; false: one with this
   * identifier is under way.
   */
  boolean begin(Raw call, Running running) {
    boolean first = calls.putIfAbsent(call, running) == null;
    if (first && closed) {
      cancel(call);
    }
    return first;
  }

  /** The call is over; another may have its identifier by now. */
  void end(Raw call, Running running) {
    calls.remove(call, running);
  }

  /** Cancels a call, where it is under way. */
  void cancel(Raw call) {
    Running running = calls.remove(call);
    if (running != null) {
      running.cancel();
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
    Set.copyOf(questions.keySet()).forEach(this::forget);
    Runnable end;
    synchronized (this) {
      end = listening;
    }
    if (end != null) {
      end.run();
    }
  }
}
