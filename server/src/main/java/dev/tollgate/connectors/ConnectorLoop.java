package dev.tollgate.connectors;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Message;
import dev.tollgate.mcp.Method;
import dev.tollgate.upstreams.Answer;
import dev.tollgate.upstreams.Introduction;
import dev.tollgate.upstreams.Invocation;
import dev.tollgate.upstreams.Listener;
import dev.tollgate.upstreams.Ongoing;
import dev.tollgate.upstreams.UpstreamLoop;
import io.vertx.core.Future;
import java.util.List;

/** Connectors on one event loop. */
public final class ConnectorLoop {

  private final ConnectorSource source;
  private final UpstreamLoop upstreams;

  ConnectorLoop(ConnectorSource source, UpstreamLoop upstreams) {
    this.source = source;
    this.upstreams = upstreams;
  }

  /** How the server behind presents itself; fails with {@code NOT_FOUND} where there is none. */
  public Future<Introduction> introduce(Downstream downstream) {
    return find(downstream)
        .compose(connector ->
            upstreams.introduce(connector.target(), downstream.client(), downstream.affinity()));
  }

  /** Sends a request; {@code listener} hears of it on this loop. */
  public Ongoing call(Downstream downstream, Ask ask, Listener listener) {
    Pending pending = new Pending();
    find(downstream)
        .onComplete(
            connector -> begin(pending, connector, downstream, ask, listener),
            failure -> pending.unless(() -> listener.answered(failed(failure))));
    return pending;
  }

  private void begin(
      Pending pending, Connector connector, Downstream downstream, Ask ask, Listener listener) {
    String tool =
        ask.method().equals(Method.TOOLS_CALL) ? Members.orNone(ask.params()).string("name") : null;
    if (tool != null && !connector.tools().allows(tool)) {
      pending.unless(() -> listener.answered(new Answer.Failed(denied(tool))));
      return;
    }
    Listener hears =
        ask.method().equals(Method.TOOLS_LIST)
            ? new FilteringListener(listener, connector.tools())
            : listener;
    pending.begun(() -> upstreams.call(connector.target(), invocation(downstream, ask), hears));
  }

  private static Failure denied(String tool) {
    return Failure.of(
        ErrorCode.FORBIDDEN,
        "the tool " + tool + " may not be used with this key; ask an administrator");
  }

  /** Passes a notification of a legacy client on. */
  public void send(Downstream downstream, Message.Notification notification) {
    find(downstream)
        .onSuccess(connector ->
            upstreams.send(
                connector.target(), downstream.client(), downstream.affinity(), notification));
  }

  /** The session of this affinity is over. */
  public void release(String affinity) {
    upstreams.release(affinity);
  }

  private static Invocation invocation(Downstream downstream, Ask ask) {
    return new Invocation(
        downstream.client(),
        ask.method(),
        ask.params(),
        ask.logLevel(),
        downstream.affinity(),
        ask.headers());
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

  private Future<Connector> find(Downstream downstream) {
    String name = String.valueOf(downstream.connector());
    return source.of(downstream.scope()).compose(all -> named(all, name));
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
