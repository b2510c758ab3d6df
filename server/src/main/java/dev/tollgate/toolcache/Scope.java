package dev.tollgate.toolcache;

import java.util.List;

/**
 * Whose answers a write ends together: those of an organization's connector, or the public ones of
 * a connector.
 *
 * @param name opaque, of fixed length
 */
record Scope(String name) {

  static Scope of(String environment, String organization, String connector) {
    return new Scope(Digest.of("scope", environment, organization, connector).text());
  }

  static Scope shared(String environment, String connector) {
    return new Scope(Digest.of("public-scope", environment, connector).text());
  }

  /** What Redis keeps of it, in one hash slot: the id and the marks. */
  List<String> keys() {
    return List.of("cache:{" + name + "}:id", "cache:{" + name + "}:marks");
  }

  /** A key in the same hash slot. */
  String key(String kind, String rest) {
    return "cache:{" + name + "}:" + kind + ":" + rest;
  }
}
