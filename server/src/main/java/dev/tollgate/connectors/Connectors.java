package dev.tollgate.connectors;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Deadlines;
import dev.tollgate.spend.Spend;
import dev.tollgate.toolcache.ToolCache;
import dev.tollgate.upstreams.UpstreamLoop;
import dev.tollgate.upstreams.Upstreams;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;

/** Every connector, and the way to it. */
public final class Connectors {

  private final ConnectorSource source;
  private final Upstreams upstreams;
  private final ToolCache cache;
  private final Clock clock;
  private final ToolHints hints = new ToolHints();
  private final Metering metering;

  private Connectors(
      ConnectorSource source,
      Upstreams upstreams,
      ToolCache cache,
      Spend spend,
      MeterRegistry meters,
      Clock clock) {
    this.source = source;
    this.upstreams = upstreams;
    this.cache = cache;
    this.clock = clock;
    this.metering = new Metering(spend, meters, hints, clock);
  }

  public static Connectors open(
      ConnectorSource source,
      Upstreams upstreams,
      ToolCache cache,
      Spend spend,
      MeterRegistry meters,
      Clock clock) {
    return new Connectors(source, upstreams, cache, spend, meters, clock);
  }

  /** The part of one event loop; called on it. */
  public ConnectorLoop on(Vertx vertx, Deadlines deadlines) {
    UpstreamLoop loop = upstreams.on(vertx, deadlines);
    return new ConnectorLoop(
        source, loop, new Sending(loop, cache, hints, metering), deadlines, clock);
  }
}
