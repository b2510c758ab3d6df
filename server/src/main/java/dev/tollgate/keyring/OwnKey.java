package dev.tollgate.keyring;

import dev.tollgate.kernel.Secret;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key of an organization's own that calls are made with. Never changes: another key has another
 * id.
 *
 * @param fingerprint twelve hexadecimal digits of its SHA-256
 * @param account the label of the provider's account that it belongs to; null: one of its own
 */
public record OwnKey(UUID id, Secret key, String fingerprint, @Nullable String account) {}
