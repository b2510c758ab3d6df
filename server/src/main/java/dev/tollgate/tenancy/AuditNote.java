package dev.tollgate.tenancy;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written into the audit.
 *
 * @param action what was done, such as {@code organization.create}
 * @param objectKind what it was done to, such as {@code organization}
 * @param organization whose object it is; null where it is no tenant's
 * @param details of the change; no secret
 */
public record AuditNote(
    String action,
    String objectKind,
    String objectId,
    @Nullable UUID organization,
    Map<String, ? extends @Nullable Object> details) {

  static AuditNote of(
      String action, String kind, UUID id, @Nullable UUID organization, Map<String, ?> details) {
    return new AuditNote(action, kind, id.toString(), organization, details);
  }
}
