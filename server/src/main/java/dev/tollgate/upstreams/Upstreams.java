package dev.tollgate.upstreams;

import dev.tollgate.egress.Egress;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Deadlines;
import dev.tollgate.mcp.Members;
import dev.tollgate.mcp.Raw;
import dev.tollgate.mcp.Seal;
import dev.tollgate.pooling.PoolTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** Every server that calls go to, as one node sees them: what they speak, sessions with them. */
public final class Upstreams implements AutoCloseable {

  private final UpstreamsConfig config;
  private final Egress egress;
  private final Clock clock;
  private final Eras eras = new Eras();
  private final ToolSchemas schemas = new ToolSchemas();
  private final Breakers breakers;
  private final Sessions sessions;
  private final SharedSessions shared;
  private final Listeners listeners = new Listeners();
  private final Rotations rotations = new Rotations();
  private final List<UpstreamLoop> loops = new CopyOnWriteArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();
  private final ScheduledThreadPoolExecutor timer;
  private final Processes processes;
  private final Seal seal;
  private final Parking parking;
  private final QuestionRoom questions = new QuestionRoom();
  private final AtomicLong ids = new AtomicLong();
  private final Raw introduction;

  private Upstreams(
      UpstreamsConfig config,
      Seal seal,
      Egress egress,
      UUID node,
      String version,
      MeterRegistry registry,
      Clock clock) {
    this.config = config;
    this.egress = egress;
    this.clock = clock;
    this.timer = timer();
    this.breakers = new Breakers(registry);
    this.sessions = new Sessions(config, clock);
    this.shared = new SharedSessions(config, this::nextLoop, registry, PoolTimer.of(timer), clock);
    this.processes = new Processes(config.processes(), clock);
    this.seal = seal;
    this.parking = new Parking(node, clock, seal);
    this.introduction =
        Members.NONE
            .with("name", Raw.string("tollgate"))
            .with("version", Raw.string(version))
            .raw();
  }

  /**
   * Opens the room; no server is asked for anything yet.
   *
   * @param seal of the state that clients bring back
   * @param node what this node is called, where clients come back to it
   * @param version of this gateway, as servers are told it
   */
  public static Upstreams open(
      UpstreamsConfig config,
      Seal seal,
      Egress egress,
      UUID node,
      String version,
      MeterRegistry registry,
      Clock clock) {
    return new Upstreams(config, seal, egress, node, version, registry, clock);
  }

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("mcp-pool-", 0).factory());
    // Most waits end before their time: what they leave behind is not to pile up.
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  /** The part of one event loop; called on it. */
  public UpstreamLoop on(Vertx vertx, Deadlines deadlines) {
    UpstreamLoop loop = new UpstreamLoop(this, vertx, deadlines);
    loops.add(loop);
    return loop;
  }

  /** Sessions that several callers have are spread over the event loops. */
  private UpstreamLoop nextLoop() {
    return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
  }

  /** A caller came with {@code target}: what it is newer than has had its time. */
  void outdate(Target target) {
    Predicate<Target> outdated = rotations.seen(target);
    if (outdated != null) {
      shared.drain(outdated);
      sessions.drain(outdated);
    }
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

  Listeners listeners() {
    return listeners;
  }

  Breakers breakers() {
    return breakers;
  }

  ToolSchemas schemas() {
    return schemas;
  }

  Seal seal() {
    return seal;
  }

  QuestionRoom questions() {
    return questions;
  }

  Parking parking() {
    return parking;
  }

  Sessions sessions() {
    return sessions;
  }

  SharedSessions shared() {
    return shared;
  }

  /** An identifier that no other request of this node has. */
  long nextId() {
    return ids.incrementAndGet();
  }

  /** How the gateway presents itself where its caller did not. */
  Raw introduction() {
    return introduction;
  }

  /** How many sessions with servers are open or being opened. */
  public int sessionCount() {
    return sessions.size() + shared.size();
  }

  /**
   * Ends all sessions, and what is parked in them; calls come no more.
   *
   * @return completes when servers were told, or cannot be
   */
  public CompletionStage<Void> drain() {
    parking.end();
    return CompletableFuture.allOf(
        shared.close().toCompletableFuture(),
        sessions.close().toCompletionStage().toCompletableFuture());
  }

  @Override
  public void close() {
    sessions.close();
    var _ = shared.close();
    processes.close();
    timer.shutdownNow();
  }
}
