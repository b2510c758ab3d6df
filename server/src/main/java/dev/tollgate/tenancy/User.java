package dev.tollgate.tenancy;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A person or a program of one organization, to whom keys may belong.
 *
 * @param email unique in the organization, whatever its case
 * @param externalId what the operator's own systems call the user; unique in the organization
 */
public record User(
    UUID id,
    @Nullable String email,
    @Nullable String name,
    @Nullable String externalId,
    Instant createdAt,
    RateLimits limits) {}
