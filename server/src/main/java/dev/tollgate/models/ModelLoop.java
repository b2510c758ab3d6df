package dev.tollgate.models;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Deadlines;
import dev.tollgate.spend.Bounds;
import dev.tollgate.spend.Spend;
import io.vertx.core.Context;
import io.vertx.core.Vertx;

/** Models on one event loop: its own clients, its own waits. */
public final class ModelLoop {

  private final Models models;
  private final Vertx vertx;
  private final Deadlines deadlines;
  private final Clients clients;

  ModelLoop(Models models, Vertx vertx, Deadlines deadlines) {
    this.models = models;
    this.vertx = vertx;
    this.deadlines = deadlines;
    this.clients = new Clients(vertx, models.directory().providers());
  }

  /** Serves a call; throws {@code NOT_FOUND} for a model that nobody serves. */
  public void serve(ModelCall call) {
    Context context = vertx.getOrCreateContext();
    new Serving(this, call, models.planner(call), context).start();
  }

  /**
   * Passes a question that costs nothing, such as {@code count_tokens}, to the model's provider.
   */
  public void ask(ModelCall call) {
    new Asking(this, call, models.directory().resolve(call.envelope().model(), call.dialect()))
        .start();
  }

  Clients clients() {
    return clients;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  Vertx vertx() {
    return vertx;
  }

  Spend spend() {
    return models.spend();
  }

  Charges charges() {
    return models.charges();
  }

  Bounds bounds() {
    return models.bounds();
  }

  ModelMeters meters() {
    return models.meters();
  }

  ModelsConfig config() {
    return models.config();
  }

  Clock clock() {
    return models.clock();
  }
}
