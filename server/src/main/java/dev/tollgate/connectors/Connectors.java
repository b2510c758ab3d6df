package dev.tollgate.connectors;

import dev.tollgate.kernel.Deadlines;
import dev.tollgate.upstreams.Upstreams;
import io.vertx.core.Vertx;

/** Every connector, and the way to it. */
public final class Connectors {

  private final ConnectorSource source;
  private final Upstreams upstreams;

  private Connectors(ConnectorSource source, Upstreams upstreams) {
    this.source = source;
    this.upstreams = upstreams;
  }

  public static Connectors open(ConnectorSource source, Upstreams upstreams) {
    return new Connectors(source, upstreams);
  }

  /** The part of one event loop; called on it. */
  public ConnectorLoop on(Vertx vertx, Deadlines deadlines) {
    return new ConnectorLoop(source, upstreams.on(vertx, deadlines));
  }
}
