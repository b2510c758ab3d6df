package dev.tollgate.tenancy;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a key is made of. A field that is wrong is refused with a {@link
 * dev.tollgate.kernel.Failure} that names it.
 */
public record ApiKeyDraft(
    String name,
    @Nullable UUID userId,
    @Nullable String project,
    @Nullable Instant expiresAt,
    KeyTerms terms) {

  public ApiKeyDraft {
    Texts.name("name", name);
    if (project != null) {
      Texts.name("project", project);
    }
  }

  /** A key for everything, without a limit. */
  public ApiKeyDraft(
      String name, @Nullable UUID userId, @Nullable String project, @Nullable Instant expiresAt) {
    this(name, userId, project, expiresAt, KeyTerms.OPEN);
  }
}
