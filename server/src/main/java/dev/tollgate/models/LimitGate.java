package dev.tollgate.models;

import dev.tollgate.kernel.Failure;
import dev.tollgate.limits.Demand;
import dev.tollgate.limits.Entry;
import dev.tollgate.limits.Limits;
import dev.tollgate.tenancy.OrgScope;
import io.vertx.core.Context;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Where calls to models meet the limits of their callers. */
record LimitGate(Limits limits, ModelMeters meters) {

  /**
   * Lets a call in, or answers it with the refusal.
   *
   * @param context of the call: what follows runs there
   * @param refused gets the refusal in the dialect's headers
   */
  void enter(
      ModelCall call,
      Demand demand,
      Context context,
      Consumer<Entry.Admitted> admitted,
      Consumer<Failure> refused) {
    enter(call.scope(), call.dialect(), demand, context, admitted, refused);
  }

  /** The same for what is no call to a model. */
  void enter(
      OrgScope scope,
      Dialect dialect,
      Demand demand,
      Context context,
      Consumer<Entry.Admitted> admitted,
      Consumer<Failure> refused) {
    CompletableFuture<Entry> entry = limits.enter(scope, demand).toCompletableFuture();
    if (entry.isDone() && !entry.isCompletedExceptionally()) {
      decided(dialect, entry.join(), admitted, refused);
      return;
    }
    var _ =
        entry.whenComplete((decided, thrown) ->
            context.runOnContext(back -> {
              if (decided == null) {
                refused.accept(Serving.asFailure(thrown));
              } else {
                decided(dialect, decided, admitted, refused);
              }
            }));
  }

  private void decided(
      Dialect dialect, Entry entry, Consumer<Entry.Admitted> admitted, Consumer<Failure> refused) {
    switch (entry) {
      case Entry.Admitted passed -> admitted.accept(passed);
      case Entry.Limited limited -> {
        Failure failure = limited.failure();
        Map<String, String> headers = new HashMap<>(failure.headers());
        RateHeaders.of(dialect, limited.readings(), headers::put);
        meters.refused(dialect, failure.code());
        refused.accept(failure.with(headers));
      }
    }
  }
}
