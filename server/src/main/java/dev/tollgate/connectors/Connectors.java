package dev.tollgate.connectors;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Deadlines;
import dev.tollgate.upstreams.Upstreams;
import io.vertx.core.Vertx;

/** Every connector, and the way to it. */
public final class Connectors {

  private final ConnectorSource source;
  private final Upstreams upstreams;

  private final Clock clock;

  private Connectors(ConnectorSource source, Upstreams upstreams, Clock clock) {
    this.source = source;
    this.upstreams = upstreams;
    this.clock = clock;
  }

  public static Connectors open(ConnectorSource source, Upstreams upstreams, Clock clock) {
    return new Connectors(source, upstreams, clock);
  }

  /** The part of one event loop; called on it. */
  public ConnectorLoop on(Vertx vertx, Deadlines deadlines) {
    return new ConnectorLoop(source, upstreams.on(vertx, deadlines), deadlines, clock);
  }
}
