package dev.tollgate.upstreams;

import dev.tollgate.kernel.Deadlines.Deadline;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Client;
import dev.tollgate.mcp.Era;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Revision;
import dev.tollgate.mcp.RpcError;
import dev.tollgate.mcp.ServerFace;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A legacy session over a single stream: HTTP+SSE, or the standard streams of a process. It carries
 * one call at a time, so that whatever the server says in between belongs to that one; the others
 * wait in the order in which they came. Lives on the event loop that opened it, whichever loops
 * call.
 *
 * <p>A call that was given up is the one under way until its server has answered it: what comes in
 * between is its own still, and reaches nobody. A server that does not answer in time is no more
 * spoken with where several clients have the session in turn; where it is one client's own, its
 * state is worth more, and it goes on.
 */
final class PipedSession implements LegacySession, Pipe.Ear {

  /** Calls that may wait for the one under way. */
  private static final int WAITING = 64;

  /** Within which a server answers a call that was given up. */
  static final Duration GRACE = Duration.ofSeconds(3);

  private final UpstreamLoop home;
  private final Target target;
  private final Client client;
  private final Pipe pipe;
  private final Deque<PipedCall> waiting = new ArrayDeque<>();
  private final Promise<LegacySession> opened = Promise.promise();

  private final List<Attentive> ears = new ArrayList<>();
  private final List<Promise<Void>> unquiet = new ArrayList<>();
  private @Nullable PipedCall current;
  private @Nullable Deadline leaving;
  private @Nullable Raw ping;
  private boolean paused;
  private volatile boolean alive = true;
  private volatile @Nullable String logLevel;
  private volatile @Nullable ServerFace face;
  private volatile String version = "";

  private PipedSession(
      UpstreamLoop home, Target target, Client client, Function<Pipe.Ear, Pipe> pipe) {
    this.home = home;
    this.target = target;
    this.client = client;
    this.pipe = pipe.apply(this);
  }

  /**
   * Opens a session: the handshake is its first call.
   *
   * @param pipe opens the stream, for whoever is to hear it
   */
  static Future<LegacySession> open(
      UpstreamLoop home, Target target, Client client, Function<Pipe.Ear, Pipe> pipe) {
    PipedSession session;
    try {
      session = new PipedSession(home, target, client, pipe);
    } catch (Failure refused) {
      return Future.failedFuture(refused);
    }
    session.handshake();
    return session.opened.future();
  }

  private void handshake() {
    Revision wanted =
        client.revision().era() == Era.LEGACY ? client.revision() : Revision.NEWEST_LEGACY;
    Raw params =
        Members.NONE
            .with("protocolVersion", Raw.string(wanted.wire()))
            .with("capabilities", client.capabilities())
            .with("clientInfo", home.introducing(client.info()))
            .raw();
    Invocation initialize = new Invocation(client, Method.INITIALIZE, params, null, "", Map.of());
    call(home, initialize, new Welcome());
  }

  /** Hears the answer to the handshake. */
  private final class Welcome implements Listener {

    @Override
    public void notified(Message.Notification notification) {}

    @Override
    public void asked(Question question) {}

    @Override
    public void answered(Answer answer) {
      switch (answer) {
        case Answer.Result result -> {
          version = String.valueOf(Members.of(result.result()).string("protocolVersion"));
          face = ServerFace.ofInitialize(result.result());
          pipe.send(new Message.Notification(Method.INITIALIZED, null).raw())
              .onComplete(sent -> opened.tryComplete(PipedSession.this), opened::tryFail);
        }
        case Answer.Fault fault -> {
          fail(fault.error().json());
        }
        case Answer.Failed failed -> {
          opened.tryFail(failed.failure());
          close(home);
        }
      }
    }

    private void fail(String said) {
      opened.tryFail(
          Failure.of(
              ErrorCode.UPSTREAM_INVALID,
              "connector " + target.name() + " refused the handshake: " + said));
      close(home);
    }
  }

  @Override
  public ServerFace face() {
    return Objects.requireNonNull(face, "asked before the handshake");
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public Raw capabilities() {
    return client.capabilities();
  }

  @Override
  public @Nullable String logLevel() {
    return logLevel;
  }

  @Override
  public void logLevel(String level) {
    logLevel = level;
  }

  @Override
  public boolean alive() {
    return alive;
  }

  @Override
  public Ongoing call(UpstreamLoop loop, Invocation invocation, Listener listener) {
    PipedCall call = new PipedCall(this, home, loop, target, invocation, listener);
    home.run(() -> admit(call));
    return call;
  }

  private void admit(PipedCall call) {
    if (!alive) {
      call.unbegun(gone("is not connected any more"));
    } else if (current == null) {
      begin(call);
    } else if (waiting.size() < WAITING) {
      waiting.add(call);
      call.await();
    } else {
      call.fail(
          Failure.of(
              ErrorCode.OVERLOADED,
              "connector " + target.name() + " takes one call at a time, and too many wait"));
    }
  }

  private void begin(PipedCall call) {
    current = call;
    call.begin();
    flow(call);
    pipe.send(call.request()).onFailure(failure -> call.giveUp(gone("could not be written to")));
  }

  /** The call has come to its end. */
  void over(PipedCall call) {
    waiting.remove(call);
    if (call == current) {
      current = null;
      settled();
      PipedCall next = waiting.poll();
      if (next != null) {
        begin(next);
      }
    }
  }

  /** Reads on, or not, as the call under way can take more. */
  void flow(PipedCall call) {
    if (call == current) {
      flow(!call.over() && call.full());
    }
  }

  private void flow(boolean full) {
    if (full && !paused) {
      paused = true;
      pipe.pause();
    } else if (!full && paused) {
      paused = false;
      pipe.resume();
    }
  }

  private void settled() {
    flow(false);
    if (leaving != null) {
      leaving.disarm();
      leaving = null;
    }
    ping = null;
    List<Promise<Void>> told = List.copyOf(unquiet);
    unquiet.clear();
    told.forEach(Promise::tryComplete);
  }

  /** Nobody waits for the call any more: its server is told, which may be at it for a while. */
  void left(PipedCall call, String reason) {
    if (call != current || !alive || call.method().equals(Method.INITIALIZE)) {
      over(call);
      return;
    }
    flow(call);
    Members params = Members.NONE.with("requestId", call.id()).with("reason", Raw.string(reason));
    pipe.send(new Message.Notification(Method.CANCELLED, params.raw()).raw());
    leaving =
        home.deadlines().arm(home.clock().nanoTime() + GRACE.toNanos(), () -> unanswered(call));
    if (!target.stateless()) {
      // Most servers do not answer what was cancelled. What they read next they answer.
      Raw id = Raw.number(home.nextId());
      ping = id;
      pipe.send(new Message.Request(id, Method.PING, null).raw());
    }
  }

  private void unanswered(PipedCall call) {
    leaving = null;
    if (target.stateless()) {
      close(home);
    } else {
      over(call);
    }
  }

  @Override
  public Future<Void> quiet() {
    Promise<Void> quiet = Promise.promise();
    home.run(() -> {
      if (current != null && current.over()) {
        unquiet.add(quiet);
      } else {
        quiet.complete();
      }
    });
    return quiet.future();
  }

  @Override
  public void message(Raw json) {
    try {
      switch (Message.read(json)) {
        case Message.Notification notification -> notified(notification);
        case Message.Request request -> requested(request);
        case Message.Success success -> answered(success.id(), new Answer.Result(success.result()));
        case Message.Fault fault -> answered(fault.id(), new Answer.Fault(fault.error()));
      }
    } catch (RpcError malformed) {
      close(home);
      lost("sent what is no message: " + malformed.getMessage());
    }
  }

  private void answered(@Nullable Raw id, Answer answer) {
    PipedCall call = current;
    if (call == null) {
      return;
    }
    boolean its = call.id().equals(id);
    if (!call.over()) {
      if (its || id == null) {
        call.answered(answer);
      }
    } else if (its || (id != null && id.equals(ping))) {
      over(call);
    }
  }

  /** Changes are everybody's who listens; the rest belongs to the call under way. */
  private void notified(Message.Notification notification) {
    switch (notification.method()) {
      case Method.TOOLS_CHANGED,
          Method.PROMPTS_CHANGED,
          Method.RESOURCES_CHANGED,
          Method.RESOURCE_UPDATED ->
          List.copyOf(ears).forEach(each -> each.hear(notification));
      default -> {
        if (current != null && !current.over()) {
          current.notified(notification);
        }
      }
    }
  }

  /** One who listens, on whichever loop. */
  private final class Attentive implements Ongoing {

    private final OneOfMany one;

    Attentive(UpstreamLoop loop, Hearing hearing) {
      this.one = new OneOfMany(loop, hearing);
    }

    void hear(Message.Notification notification) {
      one.hear(notification);
    }

    void lost() {
      one.lost();
    }

    @Override
    public void cancel() {
      home.run(() -> ears.remove(this));
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}
  }

  @Override
  public Ongoing listen(UpstreamLoop loop, Hearing hearing) {
    Attentive ear = new Attentive(loop, hearing);
    home.run(() -> ears.add(ear));
    return ear;
  }

  private void requested(Message.Request request) {
    if (request.method().equals(Method.PING)) {
      pipe.send(new Message.Success(request.id(), Raw.EMPTY_OBJECT).raw());
    } else if (current == null || current.over()) {
      // It could belong to anyone, or belongs to one who is gone.
      pipe.send(
          new Message.Fault(
                  request.id(),
                  RpcError.of(RpcError.METHOD_NOT_FOUND, "there is no call to ask about").error())
              .raw());
    } else if (!current.asked(
        request, reply -> home.run(() -> pipe.send(reply.to(request.id()).raw())))) {
      pipe.send(OpenQuestions.refusal(request).raw());
    }
  }

  @Override
  public void lost(String why) {
    alive = false;
    Failure failure = gone(why);
    opened.tryFail(failure);
    PipedCall cut = current;
    current = null;
    settled();
    if (cut != null) {
      cut.fail(failure);
    }
    Deque<PipedCall> left = new ArrayDeque<>(waiting);
    waiting.clear();
    left.forEach(each -> each.unbegun(failure));
    List<Attentive> deaf = List.copyOf(ears);
    ears.clear();
    deaf.forEach(Attentive::lost);
  }

  private Failure gone(String why) {
    return Failure.of(ErrorCode.UPSTREAM_INVALID, "connector " + target.name() + " " + why);
  }

  @Override
  public Future<Void> send(UpstreamLoop loop, Message message) {
    Promise<Void> sent = Promise.promise();
    home.run(() -> pipe.send(message.raw()).onComplete(sent));
    return sent.future();
  }

  @Override
  public Future<Void> close(UpstreamLoop loop) {
    alive = false;
    Promise<Void> closed = Promise.promise();
    home.run(() -> {
      pipe.close();
      lost("was closed");
      closed.complete();
    });
    return closed.future();
  }
}
