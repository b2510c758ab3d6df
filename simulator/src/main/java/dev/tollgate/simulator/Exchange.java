package dev.tollgate.simulator;

import dev.tollgate.simulator.Meter.End;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * One request from its arrival to its end, which it has exactly once. Stays on its event loop.
 *
 * @see Stats for what the ends are
 */
final class Exchange {

  private final HttpServerRequest request;
  private final Meter meter;
  private final Dialect dialect;
  private final String requestId;
  private Runnable onGone = () -> {};
  private boolean over;

  Exchange(HttpServerRequest request, Meter meter, Dialect dialect, String requestId) {
    this.request = request;
    this.meter = meter;
    this.dialect = dialect;
    this.requestId = requestId;
    meter.arrived();
    request.exceptionHandler(_ -> end(End.CANCELLED));
    request.response().exceptionHandler(_ -> end(End.CANCELLED));
    request.response().closeHandler(_ -> end(End.CANCELLED));
  }

  HttpServerRequest request() {
    return request;
  }

  HttpServerResponse response() {
    return request.response();
  }

  Dialect dialect() {
    return dialect;
  }

  String requestId() {
    return requestId;
  }

  /** Runs {@code action} if the caller goes away; replaces what was to be run before. */
  void onGone(Runnable action) {
    onGone = action;
  }

  boolean over() {
    return over;
  }

  void end(End end) {
    if (!over) {
      over = true;
      meter.ended(end);
      if (end == End.CANCELLED) {
        onGone.run();
      }
    }
  }
}
