package dev.tollgate.connectors;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Method;
import dev.tollgate.toolcache.ToolCache;
import dev.tollgate.upstreams.Answer;
import dev.tollgate.upstreams.Listener;
import dev.tollgate.upstreams.Ongoing;
import dev.tollgate.upstreams.UpstreamLoop;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The one way of a call to one connector: what its policy says, then its server. */
final class Sending {

  private final UpstreamLoop upstreams;

  private final ToolCache cache;
  private final ToolHints hints;
  private final Metering metering;

  Sending(UpstreamLoop upstreams, ToolCache cache, ToolHints hints, Metering metering) {
    this.upstreams = upstreams;
    this.cache = cache;
    this.hints = hints;
    this.metering = metering;
  }

  /** Sends {@code ask}, which is under the connector's own names. */
  Ongoing send(Connector connector, Downstream downstream, Ask ask, Listener listener) {
    @Nullable String tool =
        ask.method().equals(Method.TOOLS_CALL) ? Members.orNone(ask.params()).string("name") : null;
    if (tool != null && !connector.tools().allows(tool)) {
      listener.answered(new Answer.Failed(denied(tool)));
      return new Pending();
    }
    ToolCall call = tool == null ? null : metering.begin(connector, downstream, ask, tool);
    return through(connector, downstream, ask, call, hears(connector, ask, listener));
  }

  private Listener hears(Connector connector, Ask ask, Listener listener) {
    return ask.method().equals(Method.TOOLS_LIST)
        ? new ListingListener(listener, connector, hints)
        : listener;
  }

  /**
   * Through the cache, if that is concerned.
   *
   * @param call null: it is no call of a tool, and not metered
   */
  private Ongoing through(
      Connector connector,
      Downstream downstream,
      Ask ask,
      @Nullable ToolCall call,
      Listener listener) {
    Function<Listener, Ongoing> send =
        hears -> upstreams.call(connector.target(), downstream.invocation(ask), hears);
    try {
      return switch (CacheAsk.of(connector, downstream, ask, hints)) {
        case CacheAsk.Aside _ -> metered(call, listener, send);
        case CacheAsk.Read read ->
            CachedRead.begin(
                cache,
                read,
                connector.provider(),
                connector.target().patience().call(),
                listener,
                hears -> metered(call, hears, send),
                call == null ? () -> {} : call::cached);
        case CacheAsk.Write write ->
            metered(call, listener, hears -> MarkedWrite.begin(cache, write, hears, send));
      };
    } catch (Failure refused) {
      listener.answered(new Answer.Failed(refused));
      return new Pending();
    }
  }

  private static Ongoing metered(
      @Nullable ToolCall call, Listener listener, Function<Listener, Ongoing> send) {
    return call == null ? send.apply(listener) : call.send(listener, send);
  }

  private static Failure denied(String tool) {
    return Failure.of(
        ErrorCode.FORBIDDEN,
        "the tool " + tool + " may not be used with this key; ask an administrator");
  }
}
