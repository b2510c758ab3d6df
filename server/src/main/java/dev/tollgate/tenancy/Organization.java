package dev.tollgate.tenancy;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A tenant.
 *
 * @param externalId what the operator's own systems call it; unique among those that exist
 */
public record Organization(
    UUID id, String name, @Nullable String externalId, Instant createdAt, RateLimits limits) {}
