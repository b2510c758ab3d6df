package dev.tollgate.keyring;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An organization's key for a provider, without the key itself.
 *
 * @param provider the provider's name in the configuration
 * @param fingerprint twelve hexadecimal digits of the key's SHA-256: what the ledger names it by
 * @param account the label of the provider's account that it belongs to; null: one of its own
 * @param revokedAt from when on it is not used any more, and is gone; null: it is in use
 */
public record ProviderKey(
    UUID id,
    String provider,
    String fingerprint,
    @Nullable String account,
    Instant createdAt,
    @Nullable Instant revokedAt) {}
