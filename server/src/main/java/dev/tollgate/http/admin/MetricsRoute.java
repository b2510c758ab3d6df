package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Access;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import dev.tollgate.telemetry.Telemetry;
import io.vertx.core.http.HttpMethod;
import java.util.Map;

/** The meters, in Prometheus' text format: for administrators, since labels name organizations. */
public final class MetricsRoute {

  private MetricsRoute() {}

  /** {@code GET /metrics}, to {@code access}. */
  public static Route route(Telemetry telemetry, Access access) {
    return Route.blocking(
        HttpMethod.GET,
        "/metrics",
        access,
        new AdminErrors(),
        call -> new Reply(200, telemetry.scrape(), Telemetry.CONTENT_TYPE, Map.of()));
  }
}
