package dev.tollgate.simulator;

import dev.tollgate.simulator.Tokens.Source;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What all event loops share. Safe for any thread. */
final class Simulation {

  private final Behaviour start;
  private final @Nullable Trace trace;
  private final RequestLog log;
  private final Gate gate = new Gate();
  private final Meter meter = new Meter();
  private final PromptCache cache = new PromptCache();
  private final StoredResponses responses = new StoredResponses();
  private final AtomicLong number = new AtomicLong();
  private volatile Kept kept;

  Simulation(SimulatorConfig config) {
    this.trace = config.trace() == null ? null : Trace.read(config.trace());
    this.start = start(config);
    this.log = new RequestLog(config.recorded());
    this.kept = new Kept(start);
  }

  Behaviour behaviour() {
    return kept.behaviour();
  }

  /** Answers that are ready for the behaviour of now. */
  Kept kept() {
    return kept;
  }

  /** From now on as at the start, but for {@code words}. */
  void behave(Map<String, String> words) {
    Behaviour changed = start.with(Settings.of(words));
    kept = new Kept(changed);
  }

  Gate gate() {
    return gate;
  }

  Meter meter() {
    return meter;
  }

  PromptCache cache() {
    return cache;
  }

  StoredResponses responses() {
    return responses;
  }

  RequestLog log() {
    return log;
  }

  Stats stats() {
    return meter.stats(gate.waiting());
  }

  /** The number of the next answer or error. */
  long next() {
    return number.incrementAndGet();
  }

  /** The trace's next row, where {@code tokens} ask for it. */
  Trace.Row trace(Tokens tokens) {
    if (!traced(tokens)) {
      return Trace.Row.NONE;
    }
    if (trace == null) {
      throw Refusal.invalid("There is no trace: start the simulator with --trace FILE.");
    }
    return trace.next();
  }

  void reset() {
    kept = new Kept(start);
    gate.open();
    meter.reset();
    cache.clear();
    responses.clear();
    log.clear();
    if (trace != null) {
      trace.rewind();
    }
  }

  private static Behaviour start(SimulatorConfig config) {
    Settings traced =
        config.trace() == null
            ? Settings.NONE
            : Settings.of(
                Map.of(Key.INPUT_TOKENS.word(), "trace", Key.OUTPUT_TOKENS.word(), "trace"));
    return Behaviour.of(traced.with(Settings.of(config.behaviour())));
  }

  private static boolean traced(Tokens tokens) {
    return tokens.input().source() == Source.TRACE || tokens.output().source() == Source.TRACE;
  }
}
