package dev.tollgate.spend;

/**
 * What a call needs to take money without asking anybody: a lease, and how its budget was when it
 * was last read.
 *
 * @param expires the monotonic reading until which the lease holds
 * @param lowWater below how much free money to ask for more; zero: not now
 */
record Gate(Lease lease, Reading reading, long expires, long lowWater) {

  /** Whether it may be taken from at {@code now}. */
  boolean isOpen(long now) {
    return expires - now > 0;
  }

  BudgetStanding share() {
    return reading.share(lease.slice().settled());
  }

  Standing standing() {
    return reading.standing(lease.slice().settled());
  }
}
