package dev.tollgate.connectors;

import dev.tollgate.kernel.Clock;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Spend;
import dev.tollgate.upstreams.Target;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * What calls of tools cost, and how many there are. A call that has a price is held before anything
 * is sent and charged before its answer goes out; of the others there are counts in the ledger.
 */
final class Metering {

  /** The name, in metrics, of tools that their server does not list. */
  private static final String UNLISTED = "unlisted";

  private final Spend spend;
  private final ToolMeters meters;
  private final ToolHints hints;
  private final Clock clock;

  Metering(Spend spend, MeterRegistry registry, ToolHints hints, Clock clock) {
    this.spend = spend;
    this.meters = new ToolMeters(registry);
    this.hints = hints;
    this.clock = clock;
  }

  /** A call of {@code tool} that begins now. */
  ToolCall begin(Connector connector, Downstream downstream, Ask ask, String tool) {
    Money price = connector.tools().policy(tool).price();
    return new ToolCall(
        this,
        downstream.scope(),
        connector,
        ask.requestId(),
        tool,
        price == null || price.nanos() == 0 ? null : price,
        clock.nanoTime());
  }

  Spend spend() {
    return spend;
  }

  ToolMeters meters() {
    return meters;
  }

  long sinceMicros(long nanos) {
    return Math.max(0, clock.nanoTime() - nanos) / 1_000;
  }

  long now() {
    return clock.nanoTime();
  }

  /** What metrics call it: labels stay bounded by what servers list. */
  String label(Target target, String tool) {
    return hints.lists(target, tool) ? tool : UNLISTED;
  }
}
