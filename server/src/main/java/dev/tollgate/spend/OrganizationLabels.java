package dev.tollgate.spend;

import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Under which label an organization is counted: its own as long as there are few, then {@code
 * other}, so that metrics stay bounded.
 */
final class OrganizationLabels {

  static final String NAME = "organizationId";
  static final String OTHER = "other";

  private final Set<UUID> known = ConcurrentHashMap.newKeySet();
  private final AtomicInteger places;

  OrganizationLabels(int places) {
    this.places = new AtomicInteger(places);
  }

  /** The label of an organization; it keeps the one that it had first. */
  String of(UUID organization) {
    if (known.contains(organization) || admit(organization)) {
      return organization.toString();
    }
    return OTHER;
  }

  private boolean admit(UUID organization) {
    if (places.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
      return false;
    }
    if (!known.add(organization)) {
      places.incrementAndGet();
    }
    return true;
  }

  /** Frees the label of an organization that is gone. */
  void remove(UUID organization) {
    if (known.remove(organization)) {
      places.incrementAndGet();
    }
  }

  Set<UUID> known() {
    return known;
  }
}
