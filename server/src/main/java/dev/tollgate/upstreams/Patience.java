package dev.tollgate.upstreams;

import java.time.Duration;

/**
 * How long is waited for a server.
 *
 * @param connect for a connection, be it one that others have
 * @param silence for the next sign of a call: its answer, progress, a log line
 * @param call for a call in all
 */
public record Patience(Duration connect, Duration silence, Duration call) {

  public static final Patience DEFAULT =
      new Patience(Duration.ofSeconds(5), Duration.ofMinutes(5), Duration.ofMinutes(60));
}
