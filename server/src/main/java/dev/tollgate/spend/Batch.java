package dev.tollgate.spend;

import java.util.List;

/** Charges that are committed together. */
final class Batch {

  private final long number;
  private final List<PendingCharge> charges;
  private final byte[] rows;
  private final boolean journaled;

  /**
   * @param number counts this node's batches, in the journal and in PostgreSQL
   * @param rows as {@link ChargeRows} encodes them; not copied
   * @param journaled whether the journal has it
   */
  Batch(long number, List<PendingCharge> charges, byte[] rows, boolean journaled) {
    this.number = number;
    this.charges = List.copyOf(charges);
    this.rows = rows;
    this.journaled = journaled;
  }

  long number() {
    return number;
  }

  List<PendingCharge> charges() {
    return charges;
  }

  byte[] rows() {
    return rows;
  }

  boolean journaled() {
    return journaled;
  }

  /** One of its charges alone. */
  Batch only(long as, PendingCharge charge, byte[] row) {
    return new Batch(as, List.of(charge), row, journaled);
  }
}
