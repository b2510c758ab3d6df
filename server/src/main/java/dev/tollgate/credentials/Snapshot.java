package dev.tollgate.credentials;

import dev.tollgate.kernel.Secret;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A stored credential as it was read, opened.
 *
 * @param issuer null for a token by hand
 * @param resource the server that it is for; null: none that is reached by a URL
 * @param changedAt when its token came; {@code expiresAt} null: not known
 */
record Snapshot(
    UUID organization,
    UUID id,
    Place place,
    Kind kind,
    boolean ready,
    long version,
    long revision,
    Grant grant,
    @Nullable String issuer,
    @Nullable URI resource,
    String scope,
    String wantedScope,
    Instant changedAt,
    @Nullable Instant expiresAt,
    @Nullable String problem) {

  /** Clocks differ, and a request takes its time: a token that ends sooner is not sent. */
  private static final Duration MARGIN = Duration.ofSeconds(10);

  private static final Duration LONGEST_AHEAD = Duration.ofMinutes(5);

  enum Kind {
    STATIC,
    AUTHORIZATION_CODE,
    CLIENT_CREDENTIALS
  }

  /** Whether its token is not to be sent any more. */
  boolean expired(Instant now) {
    return expiresAt != null && !now.plus(MARGIN).isBefore(expiresAt);
  }

  /** Whether it is time to renew: in the last fifth of its life, at most five minutes ahead. */
  boolean renewalDue(Instant now) {
    if (expiresAt == null || !renewable()) {
      return false;
    }
    Duration fifth = Duration.between(changedAt, expiresAt).dividedBy(5);
    Duration ahead = fifth.compareTo(LONGEST_AHEAD) < 0 ? fifth : LONGEST_AHEAD;
    return !now.plus(ahead.compareTo(MARGIN) < 0 ? MARGIN : ahead).isBefore(expiresAt);
  }

  boolean renewable() {
    Grant.Renewal renewal = grant.renewal();
    return ready
        && renewal != null
        && (kind == Kind.CLIENT_CREDENTIALS || renewal.refreshToken() != null);
  }

  Authorization authorization() {
    return ready
        ? new Authorization.Granted(
            id, version, revision, grant.header(), new Secret(grant.value()), resource)
        : needs(problem == null ? "connect it again" : problem);
  }

  Authorization.NeedsReauthorization needs(String why) {
    return new Authorization.NeedsReauthorization(id, why);
  }
}
