package dev.tollgate.tenancy;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An organization's key, as it is told about; the key itself is shown once and kept nowhere.
 *
 * @param userId the user that it belongs to
 * @param project a label that its calls carry in the ledger
 * @param prefix the beginning of the key, to recognize it by
 * @param expiresAt from when on it is refused; null: never
 * @param allowedModels as of {@link KeyTerms}; null: all
 * @param allowedRoutes as of {@link KeyTerms}; null: all
 */
public record ApiKey(
    UUID id,
    @Nullable UUID userId,
    String name,
    @Nullable String project,
    String prefix,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt,
    RateLimits limits,
    @Nullable List<String> allowedModels,
    @Nullable List<String> allowedRoutes) {

  KeyTerms terms() {
    return new KeyTerms(limits, allowedModels, allowedRoutes);
  }
}
