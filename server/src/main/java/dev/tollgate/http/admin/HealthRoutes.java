package dev.tollgate.http.admin;

import dev.tollgate.http.engine.Access;
import dev.tollgate.http.engine.Reply;
import dev.tollgate.http.engine.Route;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Whether the gateway lives and is ready: short, and open to anybody, as probes have no key. */
public final class HealthRoutes {

  private static final AdminErrors ERRORS = new AdminErrors();

  private HealthRoutes() {}

  /**
   * {@code /health/ready} tells each check, and is 503 while calls cannot be served; so is {@code
   * /health}. {@code /health/live} is 200 as long as anything answers.
   */
  public static List<Route> routes(Supplier<Health> health) {
    return List.of(
        route("/health", () -> told(health.get())),
        route("/health/live", () -> Reply.json(200, Map.of("status", "ok"))),
        route("/health/ready", () -> told(health.get())));
  }

  private static Route route(String path, Supplier<Reply> reply) {
    return Route.blocking(HttpMethod.GET, path, Access.OPEN, ERRORS, call -> reply.get());
  }

  private static Reply told(Health health) {
    return Reply.json(
        health.ready() ? 200 : 503, Map.of("status", health.status(), "checks", health.checks()));
  }
}
