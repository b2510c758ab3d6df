package dev.tollgate.spend;

import java.util.List;

/**
 * What a journal found when it was opened.
 *
 * @param batches how many it read: those that PostgreSQL is not known to have, and the last segment
 * @param bytesCut how many at the end belonged to no whole batch; they are kept in a file aside
 * @param setAside how many files were not of this node and version, or had no legible beginning
 * @param damaged places inside, behind which batches could be read again
 * @param sameBoot it was written in this start of the machine, and vouched for since
 */
record Recovery(
    int segments,
    long batches,
    long bytesCut,
    int setAside,
    List<Damage> damaged,
    boolean sameBoot) {

  /** Whether every batch that was ever appended is there, as far as the journal can tell. */
  boolean trusted() {
    return sameBoot && bytesCut == 0 && setAside == 0 && damaged.isEmpty();
  }
}
