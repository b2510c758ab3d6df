package dev.tollgate.tenancy;

import dev.tollgate.kernel.Failure;
import org.jspecify.annotations.Nullable;

/**
 * What a user is made of; at least one of the three is there. A field that is wrong is refused with
 * a {@link Failure} that names it.
 */
public record UserDraft(
    @Nullable String email, @Nullable String name, @Nullable String externalId) {

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
}
