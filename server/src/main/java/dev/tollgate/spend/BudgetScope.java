package dev.tollgate.spend;

import java.util.Locale;

/** Whose spending a budget bounds; in the order in which a call asks them for money. */
public enum BudgetScope {
  /** One API key; its subject is the key's id. */
  KEY,
  /** All keys with one project label, which is its subject. */
  PROJECT,
  /** All keys of one user, whose id is its subject. */
  USER,
  /** All of an organization; it has no subject. */
  ORGANIZATION;

  /** The name in the API and in the database. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
