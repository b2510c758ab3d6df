package dev.tollgate.tenancy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that limits an authenticated caller: what its key may be used for, and how much the key, its
 * user and its organization may ask for. At most five seconds old.
 */
public record Entitlements(KeyTerms key, RateLimits user, RateLimits organization) {

  /** Everything, without a limit. */
  public static final Entitlements OPEN =
      new Entitlements(KeyTerms.OPEN, RateLimits.NONE, RateLimits.NONE);

  /** Whether nobody in this has a limit; what the key may be used for is apart from that. */
  public boolean unlimited() {
    return key.limits().none() && user.none() && organization.none();
  }

  /** The models of {@link KeyTerms#allowedModels}; null: all. */
  public @Nullable List<String> models() {
    return key.allowedModels();
  }

  /** The routes of {@link KeyTerms#allowedRoutes}; null: all. */
  public @Nullable List<String> routes() {
    return key.allowedRoutes();
  }
}
