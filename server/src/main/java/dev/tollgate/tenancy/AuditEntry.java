package dev.tollgate.tenancy;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the audit.
 *
 * @param seq counts from 1 without gaps
 * @param details as JSON
 * @param hash SHA-256 over the entry and the hash before it, in hexadecimal
 */
public record AuditEntry(
    long seq,
    Instant at,
    @Nullable UUID actorId,
    String actor,
    String action,
    String objectKind,
    String objectId,
    @Nullable UUID organizationId,
    String details,
    String hash) {}
