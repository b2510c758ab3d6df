package dev.tollgate.http.engine;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The listener and its limits.
 *
 * @param port 0: any free one
 * @param headerBytes the most that a request's line and headers may take
 * @param bodyBytes the most that one body may take
 * @param bodiesInFlight the most that all bodies in memory may take together, in bytes
 * @param requestTimeout within which a whole request must have arrived
 * @param notice how long a shutdown still takes calls, while it says that it is not ready
 * @param drain how long a shutdown waits for calls under way
 * @param loops event loops, each with a listener of its own
 */
public record FrontDoorConfig(
    String host,
    int port,
    @Nullable Tls tls,
    int headerBytes,
    int bodyBytes,
    long bodiesInFlight,
    Duration requestTimeout,
    Duration notice,
    Duration drain,
    int loops) {

  /**
   * Certificates of the listener, in PEM.
   *
   * @param clientAuthority the authority whose certificates clients must show; null: none asked for
   */
  public record Tls(Path certificate, Path privateKey, @Nullable Path clientAuthority) {}
}
