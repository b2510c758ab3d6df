package dev.tollgate.upstreams;

import dev.tollgate.egress.Egress;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Deadlines;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Seal;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Every server that calls go to, as one node sees them: what they speak, sessions with them. */
public final class Upstreams implements AutoCloseable {

  private final UpstreamsConfig config;
  private final Egress egress;
  private final Clock clock;
  private final Eras eras = new Eras();
  private final ToolSchemas schemas = new ToolSchemas();
  private final Sessions sessions;
  private final Processes processes;
  private final Seal seal;
  private final Parking parking;
  private final AtomicLong ids = new AtomicLong();
  private final Raw introduction;

  private Upstreams(UpstreamsConfig config, Egress egress, String version, Clock clock) {
    this.config = config;
    this.egress = egress;
    this.clock = clock;
    this.sessions = new Sessions(config, clock);
    this.processes = new Processes(config.processes(), clock);
    this.seal = new Seal(newKey());
    this.parking = new Parking(clock, seal);
    this.introduction =
        Members.NONE
            .with("name", Raw.string("tollgate"))
            .with("version", Raw.string(version))
            .raw();
  }

  /**
   * Opens the room; no server is asked for anything yet.
   *
   * @param version of this gateway, as servers are told it
   */
  public static Upstreams open(UpstreamsConfig config, Egress egress, String version, Clock clock) {
    return new Upstreams(config, egress, version, clock);
  }

  /** States are good for as long as this node runs, as are the calls that they belong to. */
  private static byte[] newKey() {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    return key;
  }

  /** The part of one event loop; called on it. */
  public UpstreamLoop on(Vertx vertx, Deadlines deadlines) {
    return new UpstreamLoop(this, vertx, deadlines);
  }

  UpstreamsConfig config() {
    return config;
  }

  Egress egress() {
    return egress;
  }

  Clock clock() {
    return clock;
  }

  Eras eras() {
    return eras;
  }

  Processes processes() {
    return processes;
  }

  ToolSchemas schemas() {
    return schemas;
  }

  Seal seal() {
    return seal;
  }

  Parking parking() {
    return parking;
  }

  Sessions sessions() {
    return sessions;
  }

  /** An identifier that no other request of this node has. */
  long nextId() {
    return ids.incrementAndGet();
  }

  /** How the gateway presents itself where its caller did not. */
  Raw introduction() {
    return introduction;
  }

  @Override
  public void close() {
    sessions.close();
    processes.close();
  }
}
