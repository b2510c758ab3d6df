package dev.tollgate.credentials;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A credential, as it is told about.
 *
 * @param user null: the organization's
 * @param kind {@code static}, {@code authorization_code} or {@code client_credentials}
 * @param state {@code ready} or {@code needs_reauthorization}
 * @param issuer the authorization server; null for a static one
 * @param scope granted, separated by spaces
 * @param wantedScope further scope that calls needed and that is asked for at the next connect
 * @param expiresAt of the access token; null: not known
 * @param problem what went wrong last; null: nothing
 */
public record CredentialStatus(
    UUID id,
    UUID connector,
    @Nullable UUID user,
    String kind,
    String state,
    long version,
    @Nullable String issuer,
    String scope,
    String wantedScope,
    @Nullable Instant expiresAt,
    @Nullable String problem,
    Instant changedAt) {}
