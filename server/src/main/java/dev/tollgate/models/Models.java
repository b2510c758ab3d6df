package dev.tollgate.models;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Deadlines;
import dev.tollgate.spend.Bounds;
import dev.tollgate.spend.Estimator;
import dev.tollgate.spend.PriceCatalogue;
import dev.tollgate.spend.Spend;
import dev.tollgate.spend.Standing;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every model that calls can name, and the way to it. */
public final class Models {

  private static final int LONGEST_CLASS = 64;

  private final ModelsConfig config;
  private final Directory directory;
  private final Estimator estimator;
  private final Charges charges;
  private final Spend spend;
  private final Bounds bounds;
  private final ModelMeters meters;
  private final Clock clock;

  private Models(
      ModelsConfig config,
      PriceCatalogue catalogue,
      Spend spend,
      Bounds bounds,
      ModelMeters meters,
      Clock clock) {
    this.config = config;
    this.directory = new Directory(config, catalogue);
    this.estimator = new Estimator(config.unboundedInput());
    this.charges = new Charges(catalogue);
    this.spend = spend;
    this.bounds = bounds;
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * Opens the room; no provider is asked for anything yet.
   *
   * @param organizationLabels how many organizations metrics tell apart
   */
  public static Models open(
      ModelsConfig config,
      PriceCatalogue catalogue,
      Spend spend,
      Bounds bounds,
      MeterRegistry registry,
      int organizationLabels,
      Clock clock) {
    return new Models(
        config, catalogue, spend, bounds, new ModelMeters(registry, organizationLabels), clock);
  }

  /** The part of one event loop; called on it. */
  public ModelLoop on(Vertx vertx, Deadlines deadlines) {
    return new ModelLoop(this, vertx, deadlines);
  }

  /** Every name that a request in {@code dialect} may use. */
  public List<ModelListing> listings(Dialect dialect) {
    return directory.listings(dialect);
  }

  CallPlanner planner(ModelCall call) {
    return planner(
        call.surface(), call.envelope(), call.request().getHeader("x-claude-code-request-class"));
  }

  private CallPlanner planner(Surface surface, Envelope envelope, @Nullable String requestClass) {
    return new CallPlanner(
        directory,
        estimator,
        bounds,
        surface,
        envelope.shape(),
        requestClass(requestClass),
        directory.resolve(envelope.model(), surface.dialect()),
        clock.now());
  }

  /**
   * What would become of a request now; throws {@code NOT_FOUND} for a model that nobody serves.
   *
   * @param requestClass the client's own class of the request; null: not said
   * @param standing how its budgets stand
   */
  public Preview preview(
      Dialect dialect, Envelope envelope, @Nullable String requestClass, Standing standing) {
    return planner(Surface.conversations(dialect), envelope, requestClass).preview(standing);
  }

  private static @Nullable String requestClass(@Nullable String header) {
    return header == null || header.isBlank() || header.length() > LONGEST_CLASS
        ? null
        : header.strip();
  }

  ModelsConfig config() {
    return config;
  }

  Directory directory() {
    return directory;
  }

  Charges charges() {
    return charges;
  }

  Spend spend() {
    return spend;
  }

  Bounds bounds() {
    return bounds;
  }

  ModelMeters meters() {
    return meters;
  }

  Clock clock() {
    return clock;
  }
}
