package dev.tollgate.pooling;

/** A resource and who has it; guarded by the pool's lock, but for what is final. */
final class Entry<K, T> {

  private final Subpool<K, T> home;
  private final T resource;
  private final long expires;

  /** How many have it now. */
  int leases;

  /** Since when nobody has had it. */
  long idleSince;

  /** Whether the home would lend it: not while it is full or retired. */
  boolean available;

  /** Whether it is closed as soon as nobody has it. */
  boolean retired;

  /** Whether it counts no more, and is closed once those gave it back who have it. */
  boolean apart;

  /** Whether it was closed. */
  boolean ended;

  Entry(Subpool<K, T> home, T resource, long now, long expires) {
    this.home = home;
    this.resource = resource;
    this.idleSince = now;
    this.expires = expires;
  }

  T resource() {
    return resource;
  }

  Subpool<K, T> home() {
    return home;
  }

  boolean aged(long now) {
    return now - expires >= 0;
  }
}
