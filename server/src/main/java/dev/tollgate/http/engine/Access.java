package dev.tollgate.http.engine;

/** Who may use a route. The test of all routes goes by this. */
public enum Access {
  /** Anybody: liveness and the like; tells nothing of any tenant. */
  OPEN,
  /** A key of an organization, which acts for that organization alone. */
  TENANT,
  /** An administrator's key. */
  ADMINISTRATOR,
  /** Either; the handler answers each with what is theirs. */
  TENANT_OR_ADMINISTRATOR
}
