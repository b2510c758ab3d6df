package dev.tollgate.http.engine;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One route, as data: the router, the metrics' labels and the tests of access read the same list.
 *
 * @param template the path with parameters in braces, such as {@code /admin/v1/users/{userId}}
 * @param dialect how errors of this route are written; null: as the request itself looks
 * @param gate a way in beside keys; null: none
 */
public record Route(
    HttpMethod method,
    String template,
    Access access,
    @Nullable ErrorDialect dialect,
    @Nullable Gate gate,
    Handler handler) {

  /** The same, with a way in beside keys; null: without. */
  public Route behind(@Nullable Gate other) {
    return new Route(method, template, access, dialect, other, handler);
  }

  ErrorDialect dialect(
      Function<HttpServerRequest, ErrorDialect> strangers, HttpServerRequest request) {
    return dialect == null ? strangers.apply(request) : dialect;
  }

  /** What answers. */
  public sealed interface Handler {

    /** Runs on the event loop with the connection's whole exchange; never blocks. */
    @FunctionalInterface
    non-sealed interface Wire extends Handler {
      void handle(Exchange exchange);
    }

    /**
     * Runs on a virtual thread and may block; a {@link dev.tollgate.kernel.Failure} that it throws
     * is written in the route's dialect.
     */
    @FunctionalInterface
    non-sealed interface Blocking extends Handler {
      Reply handle(Call call);
    }
  }

  public static Route wire(
      HttpMethod method,
      String template,
      Access access,
      @Nullable ErrorDialect dialect,
      Handler.Wire handler) {
    return new Route(method, template, access, dialect, null, handler);
  }

  public static Route blocking(
      HttpMethod method,
      String template,
      Access access,
      @Nullable ErrorDialect dialect,
      Handler.Blocking handler) {
    return new Route(method, template, access, dialect, null, handler);
  }
}
