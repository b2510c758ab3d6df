package dev.tollgate.simulator;

import dev.tollgate.simulator.Stats.ModelTotals;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what {@link Stats} shows. Safe for any thread. */
final class Meter {

  private static final int MOST_MODELS = 1_000;

  final LongAdder connections = new LongAdder();
  private final LongAdder active = new LongAdder();
  private final LongAdder requests = new LongAdder();
  private final LongAdder completed = new LongAdder();
  private final LongAdder cancelled = new LongAdder();
  private final LongAdder cut = new LongAdder();
  private final Map<String, Totals> models = new ConcurrentHashMap<>();

  /** How a request came to its end. */
  enum End {
    COMPLETED,
    CANCELLED,
    CUT
  }

  private record Totals(LongAdder answers, LongAdder input, LongAdder output) {
    ModelTotals sum() {
      return new ModelTotals(answers.sum(), input.sum(), output.sum());
    }
  }

  void arrived() {
    requests.increment();
    active.increment();
  }

  void ended(End end) {
    switch (end) {
      case COMPLETED -> completed.increment();
      case CANCELLED -> cancelled.increment();
      case CUT -> cut.increment();
    }
    // Last, so that whoever sees that nothing is active sees how all of it ended.
    active.decrement();
  }

  void reported(String model, Counts counts) {
    String name = models.containsKey(model) || models.size() < MOST_MODELS ? model : "other";
    Totals totals =
        models.computeIfAbsent(
            name, _ -> new Totals(new LongAdder(), new LongAdder(), new LongAdder()));
    totals.answers().increment();
    totals.input().add(counts.prompt());
    totals.output().add(counts.completion());
  }

  Stats stats(long parked) {
    Map<String, ModelTotals> sums = new TreeMap<>();
    models.forEach((model, totals) -> sums.put(model, totals.sum()));
    return new Stats(
        requests.sum(),
        active.sum(),
        parked,
        completed.sum(),
        cancelled.sum(),
        cut.sum(),
        connections.sum(),
        sums);
  }

  /** Forgets what is past; what is open now stays counted. */
  void reset() {
    requests.reset();
    completed.reset();
    cancelled.reset();
    cut.reset();
    models.clear();
  }
}
