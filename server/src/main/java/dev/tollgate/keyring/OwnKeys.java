package dev.tollgate.keyring;

import java.util.List;
import java.util.Map;

/**
 * All keys of its own that an organization has, by the provider's name, as they were read. Reading
 * the same keys again gives the same object, so that it can be remembered by.
 */
public final class OwnKeys {

  /** Of the organizations that have none. */
  static final OwnKeys NONE = new OwnKeys(Map.of());

  private final Map<String, List<OwnKey>> byProvider;

  OwnKeys(Map<String, List<OwnKey>> byProvider) {
    this.byProvider = Map.copyOf(byProvider);
  }

  /** The keys for a provider, in the order of their making; empty: the organization has none. */
  public List<OwnKey> of(String provider) {
    return byProvider.getOrDefault(provider, List.of());
  }

  boolean same(OwnKeys other) {
    return byProvider.equals(other.byProvider);
  }

  @Override
  public String toString() {
    return "OwnKeys" + byProvider.keySet();
  }
}
