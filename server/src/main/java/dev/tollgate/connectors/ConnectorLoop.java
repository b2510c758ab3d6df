package dev.tollgate.connectors;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Deadlines;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.mcp.RpcError;
import dev.tollgate.upstreams.Answer;
import dev.tollgate.upstreams.Hearing;
import dev.tollgate.upstreams.Introduction;
import dev.tollgate.upstreams.Listener;
import dev.tollgate.upstreams.Ongoing;
import dev.tollgate.upstreams.UpstreamLoop;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Connectors on one event loop. */
public final class ConnectorLoop {

  private final ConnectorSource source;
  private final UpstreamLoop upstreams;
  private final Sending sending;
  private final Combined combined;

  ConnectorLoop(
      ConnectorSource source,
      UpstreamLoop upstreams,
      Sending sending,
      Deadlines deadlines,
      Clock clock) {
    this.source = source;
    this.upstreams = upstreams;
    this.sending = sending;
    this.combined = new Combined(upstreams, sending, deadlines, clock);
  }

  /** How the server behind presents itself; fails with {@code NOT_FOUND} where there is none. */
  public Future<Introduction> introduce(Downstream downstream) {
    String name = downstream.connector();
    return name == null
        ? source.of(downstream.scope()).compose(all -> combined.introduce(downstream, all))
        : source
            .named(downstream.scope(), name)
            .compose(connector ->
                upstreams.introduce(
                    connector.target(), downstream.client(), downstream.affinity()));
  }

  /** Sends a request; {@code listener} hears of it on this loop. */
  public Ongoing call(Downstream downstream, Ask ask, Listener listener) {
    Pending pending = new Pending();
    String name = downstream.connector();
    if (name != null) {
      one(pending, name, downstream, ask, listener);
    } else if (ask.method().equals(Method.LISTEN) || Combined.lists(ask.method())) {
      together(pending, downstream, ask, listener);
    } else {
      addressed(pending, downstream, ask, listener);
    }
    return pending;
  }

  private void together(Pending pending, Downstream downstream, Ask ask, Listener listener) {
    source
        .of(downstream.scope())
        .onComplete(
            all ->
                begin(
                    pending,
                    listener,
                    () ->
                        ask.method().equals(Method.LISTEN)
                            ? combined.subscribe(downstream, all, ask, listener)
                            : combined.list(downstream, all, ask, listener)),
            failure -> pending.unless(() -> listener.answered(failed(failure))));
  }

  private void addressed(Pending pending, Downstream downstream, Ask ask, Listener listener) {
    try {
      Addressed addressed = Addressed.of(ask);
      if (addressed == null) {
        listener.answered(Combined.unaddressed(ask));
      } else {
        one(
            pending,
            addressed.connector(),
            downstream,
            ask.with(addressed.params()),
            addressed.renaming(ask.method(), listener));
      }
    } catch (RpcError refused) {
      listener.answered(new Answer.Fault(refused.error()));
    }
  }

  private void one(
      Pending pending, String name, Downstream downstream, Ask ask, Listener listener) {
    source
        .named(downstream.scope(), name)
        .onComplete(
            connector ->
                begin(pending, listener, () -> sending.send(connector, downstream, ask, listener)),
            failure -> pending.unless(() -> listener.answered(failed(failure))));
  }

  private static void begin(Pending pending, Listener listener, Supplier<Ongoing> call) {
    pending.unless(() -> {
      try {
        pending.begun(call);
      } catch (RpcError refused) {
        listener.answered(new Answer.Fault(refused.error()));
      }
    });
  }

  /**
   * Listens, for a legacy client, to what belongs to no request.
   *
   * @param uris of resources whose changes it subscribed to
   */
  public Ongoing listen(Downstream downstream, Set<String> uris, Hearing hearing) {
    String name = downstream.connector();
    Pending pending = new Pending();
    if (name == null) {
      source
          .of(downstream.scope())
          .onSuccess(all -> pending.begun(() -> combined.listen(downstream, all, uris, hearing)));
    } else {
      source
          .named(downstream.scope(), name)
          .onSuccess(connector ->
              pending.begun(() ->
                  upstreams.listen(
                      connector.target(),
                      downstream.client(),
                      downstream.affinity(),
                      uris,
                      hearing)));
    }
    return pending;
  }

  /** Passes a notification of a legacy client on, to every server that has a session for it. */
  public void send(Downstream downstream, Message.Notification notification) {
    String name = downstream.connector();
    Future<List<Connector>> concerned =
        name == null
            ? source.of(downstream.scope())
            : source.named(downstream.scope(), name).map(List::of);
    concerned.onSuccess(all ->
        all.forEach(each ->
            upstreams.send(
                each.target(), downstream.client(), downstream.affinity(), notification)));
  }

  /** The session of this affinity is over. */
  public void release(String affinity) {
    upstreams.release(affinity);
  }

  private static Answer failed(Throwable cause) {
    return new Answer.Failed(
        cause instanceof Failure failure
            ? failure
            : Failure.of(
                ErrorCode.INTERNAL,
                "something went wrong inside the gateway; its log has it",
                cause));
  }
}
