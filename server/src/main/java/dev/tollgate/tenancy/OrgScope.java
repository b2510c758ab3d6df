package dev.tollgate.tenancy;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The proof that a caller may act for one organization.
 *
 * <p>Only this room makes one, after authentication; whoever holds it needs no further proof.
 */
public final class OrgScope {

  private final UUID organizationId;
  private final @Nullable UUID keyId;
  private final @Nullable UUID userId;
  private final @Nullable String project;
  private final Entitlements entitlements;

  OrgScope(
      UUID organizationId, @Nullable UUID keyId, @Nullable UUID userId, @Nullable String project) {
    this(organizationId, keyId, userId, project, Entitlements.OPEN);
  }

  OrgScope(
      UUID organizationId,
      @Nullable UUID keyId,
      @Nullable UUID userId,
      @Nullable String project,
      Entitlements entitlements) {
    this.organizationId = organizationId;
    this.keyId = keyId;
    this.userId = userId;
    this.project = project;
    this.entitlements = entitlements;
  }

  public UUID organizationId() {
    return organizationId;
  }

  /** The API key that called; null when an administrator acts for the organization. */
  public @Nullable UUID keyId() {
    return keyId;
  }

  /** The user that the key belongs to, where it belongs to one. */
  public @Nullable UUID userId() {
    return userId;
  }

  /** The project label of the key. */
  public @Nullable String project() {
    return project;
  }

  /** What limits the caller; nothing limits an administrator who acts for the organization. */
  public Entitlements entitlements() {
    return entitlements;
  }

  /** What tells this caller from others of the organization: key, else user; else nothing does. */
  public String caller() {
    UUID own = keyId != null ? keyId : userId;
    return own == null ? organizationId.toString() : own.toString();
  }

  @Override
  public String toString() {
    return "OrgScope[" + organizationId + "]";
  }
}
