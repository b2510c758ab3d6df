package dev.tollgate.http.engine;

import dev.tollgate.kernel.Deadlines;
import io.vertx.core.Vertx;
import java.util.List;

/**
 * Makes the routes of one event loop: wire handlers own clients of that loop, so that a request
 * stays on it. Every loop gets the same routes in the same order.
 */
@FunctionalInterface
public interface Routes {

  /** Called on the loop, once. */
  List<Route> open(Vertx vertx, Deadlines deadlines);
}
