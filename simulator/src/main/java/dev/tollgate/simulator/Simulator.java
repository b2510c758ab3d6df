package dev.tollgate.simulator;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A running simulator. Safe for any thread; {@link #start} and {@link #close} block.
 *
 * <p>
 *
 * {@snippet :
 * try (Simulator simulator = Simulator.start(SimulatorConfig.DEFAULT.with("output-tokens", 5))) {
 *   simulator.behave("status=429 retry-after=2");
 * }
 * }
 */
public final class Simulator implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 20;

  private final Vertx vertx;
  private final Simulation simulation;
  private final String host;
  private final int port;

  private Simulator(Vertx vertx, Simulation simulation, String host, int port) {
    this.vertx = vertx;
    this.simulation = simulation;
    this.host = host;
    this.port = port;
  }

  /** Starts and waits until requests are answered. */
  public static Simulator start(SimulatorConfig config) {
    Simulation simulation = new Simulation(config);
    Rehearsal.run();
    AtomicInteger port = new AtomicInteger();
    Vertx vertx = Vertx.vertx(options(config));
    try {
      await(
          vertx.deployVerticle(
              () -> new Door(simulation, config.host(), config.port(), port),
              new DeploymentOptions().setInstances(config.loops())));
    } catch (RuntimeException e) {
      vertx.close();
      throw e;
    }
    return new Simulator(vertx, simulation, config.host(), port.get());
  }

  public static Simulator start() {
    return start(SimulatorConfig.DEFAULT);
  }

  public int port() {
    return port;
  }

  /** The base address for Anthropic's dialect, without a path; OpenAI's is this with /v1. */
  public String url() {
    return "http://" + host + ":" + port;
  }

  /** From now on as at the start, but for {@code words}. */
  public void behave(Map<String, String> words) {
    simulation.behave(words);
  }

  /** The same, written as in a header: {@code status=429 retry-after=2}; "" as at the start. */
  public void behave(String words) {
    simulation.behave(Settings.parse(words).words());
  }

  /** From now on requests for answers wait. */
  public void closeGate() {
    simulation.gate().close();
  }

  /** Lets all waiting requests through, and all that come. */
  public void openGate() {
    simulation.gate().open();
  }

  /** Lets the first {@code count} waiting requests through. */
  public void release(int count) {
    simulation.gate().release(count);
  }

  public Stats stats() {
    return simulation.stats();
  }

  /** The last requests, oldest first. */
  public List<Recorded> requests() {
    return simulation.log().all();
  }

  /** Behaviour, gate, statistics, records and caches as at the start. */
  public void reset() {
    simulation.reset();
  }

  @Override
  public void close() {
    await(vertx.close());
  }

  private static VertxOptions options(SimulatorConfig config) {
    return new VertxOptions()
        .setPreferNativeTransport(true)
        .setEventLoopPoolSize(config.loops())
        .setWorkerPoolSize(1)
        .setInternalBlockingPoolSize(1)
        .setFileSystemOptions(
            new FileSystemOptions()
                .setFileCachingEnabled(false)
                .setClassPathResolvingEnabled(false));
  }

  private static void await(Future<?> future) {
    try {
      future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the simulator failed: " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "the simulator took longer than " + PATIENCE_SECONDS + " seconds", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the simulator", e);
    }
  }
}
