package dev.tollgate.tenancy;

import java.util.UUID;

/** Whoever a key proved to be. */
public sealed interface Caller {

  /** An organization's API key. */
  record Tenant(OrgScope scope) implements Caller {}

  /** An administrator's key; {@code name} is what the audit records. */
  record Administrator(UUID id, String name) implements Caller {}
}
