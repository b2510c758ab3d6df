package dev.tollgate.connectors;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Method;
import dev.tollgate.upstreams.Answer;
import dev.tollgate.upstreams.Listener;
import dev.tollgate.upstreams.Ongoing;
import dev.tollgate.upstreams.UpstreamLoop;
import org.jspecify.annotations.Nullable;

/** The one way of a call to one connector: what its policy says, then its server. */
final class Sending {

  private final UpstreamLoop upstreams;

  Sending(UpstreamLoop upstreams) {
    this.upstreams = upstreams;
  }

  /** Sends {@code ask}, which is under the connector's own names. */
  Ongoing send(Connector connector, Downstream downstream, Ask ask, Listener listener) {
    @Nullable String tool =
        ask.method().equals(Method.TOOLS_CALL) ? Members.orNone(ask.params()).string("name") : null;
    if (tool != null && !connector.tools().allows(tool)) {
      listener.answered(new Answer.Failed(denied(tool)));
      return new Pending();
    }
    Listener hears =
        ask.method().equals(Method.TOOLS_LIST)
            ? new FilteringListener(listener, connector.tools())
            : listener;
    return upstreams.call(connector.target(), downstream.invocation(ask), hears);
  }

  private static Failure denied(String tool) {
    return Failure.of(
        ErrorCode.FORBIDDEN,
        "the tool " + tool + " may not be used with this key; ask an administrator");
  }
}
