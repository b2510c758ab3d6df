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

  Sending(UpstreamLoop upstreams, ToolCache cache, ToolHints hints) {
    this.upstreams = upstreams;
    this.cache = cache;
    this.hints = hints;
  }

  /** Sends {@code ask}, which is under the connector's own names. */
  Ongoing send(Connector connector, Downstream downstream, Ask ask, Listener listener) {
    @Nullable String tool =
        ask.method().equals(Method.TOOLS_CALL) ? Members.orNone(ask.params()).string("name") : null;
    if (tool != null && !connector.tools().allows(tool)) {
      listener.answered(new Answer.Failed(denied(tool)));
      return new Pending();
    }
    return through(connector, downstream, ask, hears(connector, ask, listener));
  }

  private Listener hears(Connector connector, Ask ask, Listener listener) {
    return ask.method().equals(Method.TOOLS_LIST)
        ? new ListingListener(listener, connector, hints)
        : listener;
  }

  private Ongoing through(Connector connector, Downstream downstream, Ask ask, Listener listener) {
    Function<Listener, Ongoing> send =
        hears -> upstreams.call(connector.target(), downstream.invocation(ask), hears);
    try {
      return switch (CacheAsk.of(connector, downstream, ask, hints)) {
        case CacheAsk.Aside _ -> send.apply(listener);
        case CacheAsk.Read read ->
            CachedRead.begin(cache, read, connector.provider(), listener, send);
        case CacheAsk.Write write -> MarkedWrite.begin(cache, write, listener, send);
      };
    } catch (Failure refused) {
      listener.answered(new Answer.Failed(refused));
      return new Pending();
    }
  }

  private static Failure denied(String tool) {
    return Failure.of(
        ErrorCode.FORBIDDEN,
        "the tool " + tool + " may not be used with this key; ask an administrator");
  }
}
