package dev.tollgate.tenancy;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An administrator's key, as it is told about.
 *
 * @param name unique among those that are not revoked; what the audit records
 * @param prefix the beginning of the key; null for {@code TOLLGATE_ADMIN_KEY}, of which nothing is
 *     shown
 */
public record Administrator(
    UUID id,
    String name,
    @Nullable String prefix,
    Instant createdAt,
    @Nullable Instant revokedAt) {}
