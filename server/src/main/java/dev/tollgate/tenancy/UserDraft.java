package dev.tollgate.tenancy;

import dev.tollgate.kernel.Failure;
import org.jspecify.annotations.Nullable;

/**
 * What a user is made of; email, name or external id is there. A field that is wrong is refused
 * with a {@link Failure} that names it.
 */
public record UserDraft(
    @Nullable String email, @Nullable String name, @Nullable String externalId, RateLimits limits) {

  public UserDraft {
    if (email == null && name == null && externalId == null) {
      throw Failure.invalid("email", "a user needs an email, a name or an externalId");
    }
    if (email != null) {
      Texts.email("email", email);
    }
    if (name != null) {
      Texts.name("name", name);
    }
    if (externalId != null) {
      Texts.name("externalId", externalId);
    }
  }

  /** A user without limits. */
  public UserDraft(@Nullable String email, @Nullable String name, @Nullable String externalId) {
    this(email, name, externalId, RateLimits.NONE);
  }
}
