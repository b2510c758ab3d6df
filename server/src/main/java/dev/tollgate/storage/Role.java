package dev.tollgate.storage;

/** The least rights that a room's transactions run with; each is a NOLOGIN role of the cluster. */
public enum Role {
  /** Tenant tables of one organization. */
  APPLICATION("tollgate_app"),
  /** Budgets, leases, nodes and the ledger, across organizations, and nothing else. */
  SPEND("tollgate_spend"),
  /** Finding a key by its hash, and nothing else. */
  AUTH("tollgate_auth"),
  /** Administrators: organizations, and reads across tenants. */
  ADMIN("tollgate_admin");

  private final String sqlName;

  Role(String sqlName) {
    this.sqlName = sqlName;
  }

  /** The role's name in the database. */
  public String sqlName() {
    return sqlName;
  }
}
