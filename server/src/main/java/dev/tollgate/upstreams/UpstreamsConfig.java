package dev.tollgate.upstreams;

import java.time.Duration;

/**
 * Bounds of the room.
 *
 * @param resultBytes the most that one message of a server may take
 * @param sessions open sessions with legacy servers, in all
 * @param idle after which a session that nobody used is closed
 * @param processes whether connectors may start child processes
 */
public record UpstreamsConfig(int resultBytes, int sessions, Duration idle, boolean processes) {

  public static final UpstreamsConfig DEFAULT =
      new UpstreamsConfig(32 * 1024 * 1024, 4_096, Duration.ofMinutes(15), false);

  /** The same, with or without child processes. */
  public UpstreamsConfig processes(boolean allowed) {
    return new UpstreamsConfig(resultBytes, sessions, idle, allowed);
  }
}
