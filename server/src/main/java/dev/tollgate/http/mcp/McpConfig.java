package dev.tollgate.http.mcp;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bounds of the server side, and whom browsers may speak for.
 *
 * @param loopback whether the listener is reached from this machine only
 * @param origins further origins that are let in, such as {@code https://inspector.example.com}
 * @param sessions of legacy clients, in all
 * @param sessionsPerOrganization of them that one organization may have
 * @param sessionsPerKey of them that one key may have
 * @param idle after which a session that nobody uses is over
 * @param beat how often a quiet stream shows that it lives
 * @param replayBytes what a session keeps for clients that come back for what they missed
 * @param certified the host that the certificates of all nodes are for; null: for where each node
 *     is reached by the others
 */
public record McpConfig(
    boolean loopback,
    Set<String> origins,
    int sessions,
    int sessionsPerOrganization,
    int sessionsPerKey,
    Duration idle,
    Duration beat,
    int replayBytes,
    @Nullable String certified) {

  public McpConfig {
    origins = Set.copyOf(origins);
  }

  /** What serves unless somebody says otherwise. */
  public static McpConfig of(boolean loopback, Set<String> origins, @Nullable String certified) {
    return new McpConfig(
        loopback,
        origins,
        10_000,
        2_500,
        1_000,
        Duration.ofMinutes(30),
        Duration.ofSeconds(15),
        1024 * 1024,
        certified);
  }
}
