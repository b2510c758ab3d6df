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
    Future<List<Connector>> all = source.of(downstream.scope());
    return name == null
        ? all.compose(each -> combined.introduce(downstream, each))
        : all.compose(each -> named(each, name))
            .compose(connector ->
                upstreams.introduce(
                    connector.target(), downstream.client(), downstream.affinity()));
  }

  /** Sends a request; {@code listener} hears of it on this loop. */
  public Ongoing call(Downstream downstream, Ask ask, Listener listener) {
    Pending pending = new Pending();
    source
        .of(downstream.scope())
        .onComplete(
            all -> pending.unless(() -> begin(pending, all, downstream, ask, listener)),
            failure -> pending.unless(() -> listener.answered(failed(failure))));
    return pending;
  }

  private void begin(
      Pending pending, List<Connector> all, Downstream downstream, Ask ask, Listener listener) {
    try {
      String name = downstream.connector();
      if (name != null) {
        one(pending, all, name, downstream, ask, listener);
      } else if (ask.method().equals(Method.LISTEN)) {
        pending.begun(() -> combined.subscribe(downstream, all, ask, listener));
      } else if (Combined.lists(ask.method())) {
        pending.begun(() -> combined.list(downstream, all, ask, listener));
      } else {
        addressed(pending, all, downstream, ask, listener);
      }
    } catch (RpcError refused) {
      listener.answered(new Answer.Fault(refused.error()));
    }
  }

  private void addressed(
      Pending pending, List<Connector> all, Downstream downstream, Ask ask, Listener listener) {
    Addressed addressed = Addressed.of(ask);
    if (addressed == null) {
      listener.answered(Combined.unaddressed(ask));
    } else {
      one(
          pending,
          all,
          addressed.connector(),
          downstream,
          ask.with(addressed.params()),
          addressed.renaming(ask.method(), listener));
    }
  }

  private void one(
      Pending pending,
      List<Connector> all,
      String name,
      Downstream downstream,
      Ask ask,
      Listener listener) {
    named(all, name)
        .onComplete(
            connector -> pending.begun(() -> sending.send(connector, downstream, ask, listener)),
            failure -> listener.answered(failed(failure)));
  }

  /**
   * Listens, for a legacy client, to what belongs to no request.
   *
   * @param uris of resources whose changes it subscribed to
   */
  public Ongoing listen(Downstream downstream, Set<String> uris, Hearing hearing) {
    String name = downstream.connector();
    Pending pending = new Pending();
    source
        .of(downstream.scope())
        .onSuccess(all ->
            pending.begun(() ->
                name == null
                    ? combined.listen(downstream, all, uris, hearing)
                    : alone(downstream, all, name, uris, hearing)));
    return pending;
  }

  private Ongoing alone(
      Downstream downstream, List<Connector> all, String name, Set<String> uris, Hearing hearing) {
    Pending pending = new Pending();
    named(all, name)
        .onSuccess(connector ->
            pending.begun(() ->
                upstreams.listen(
                    connector.target(),
                    downstream.client(),
                    downstream.affinity(),
                    uris,
                    hearing)));
    return pending;
  }

  /** Passes a notification of a legacy client on, to every server that has a session for it. */
  public void send(Downstream downstream, Message.Notification notification) {
    String name = downstream.connector();
    source
        .of(downstream.scope())
        .onSuccess(all ->
            all.stream()
                .filter(each -> name == null || each.name().equals(name))
                .forEach(each ->
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

  private static Future<Connector> named(List<Connector> all, String name) {
    return all.stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .map(Future::succeededFuture)
        .orElseGet(() ->
            Future.failedFuture(
                Failure.notFound("no connector is named " + name + " in this organization")));
  }
}
