package dev.tollgate.tenancy;

import org.jspecify.annotations.Nullable;

/**
 * What an organization is made of. A field that is empty, too long or not text is refused with a
 * {@link dev.tollgate.kernel.Failure} that names it.
 */
public record OrganizationDraft(String name, @Nullable String externalId, RateLimits limits) {

  public OrganizationDraft {
    Texts.name("name", name);
    if (externalId != null) {
      Texts.name("externalId", externalId);
    }
  }

  /** An organization without limits. */
  public OrganizationDraft(String name, @Nullable String externalId) {
    this(name, externalId, RateLimits.NONE);
  }
}
