package dev.tollgate.upstreams;

import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** With whose authority a server is reached. May be asked on any event loop. */
public interface Authority {

  /** Nobody's: no headers. */
  Authority NONE = () -> Future.succeededFuture(Map.of());

  /** The headers of the next request; fails where there are none to be had. */
  Future<Map<String, String>> headers();

  /**
   * The server refused the headers.
   *
   * @param status 401 or 403
   * @param challenge its {@code WWW-Authenticate}; null: it sent none
   * @return whether it is worth one more try with new headers
   */
  default Future<Boolean> refused(int status, @Nullable String challenge) {
    return Future.succeededFuture(false);
  }
}
