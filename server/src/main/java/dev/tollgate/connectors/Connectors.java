package dev.tollgate.connectors;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Deadlines;
import dev.tollgate.toolcache.ToolCache;
import dev.tollgate.upstreams.UpstreamLoop;
import dev.tollgate.upstreams.Upstreams;
import io.vertx.core.Vertx;

/** Every connector, and the way to it. */
public final class Connectors {

  private final ConnectorSource source;
  private final Upstreams upstreams;
  private final ToolCache cache;
  private final Clock clock;
  private final ToolHints hints = new ToolHints();

  private Connectors(ConnectorSource source, Upstreams upstreams, ToolCache cache, Clock clock) {
    this.source = source;
    this.upstreams = upstreams;
    this.cache = cache;
    this.clock = clock;
  }

  public static Connectors open(
      ConnectorSource source, Upstreams upstreams, ToolCache cache, Clock clock) {
    return new Connectors(source, upstreams, cache, clock);
  }

  /** The part of one event loop; called on it. */
  public ConnectorLoop on(Vertx vertx, Deadlines deadlines) {
    UpstreamLoop loop = upstreams.on(vertx, deadlines);
    return new ConnectorLoop(source, loop, new Sending(loop, cache, hints), deadlines, clock);
  }
}
