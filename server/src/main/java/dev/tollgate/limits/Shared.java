package dev.tollgate.limits;

import java.util.Map;
import java.util.concurrent.CompletionStage;

/** What nodes share limits by. A stage that fails leaves open whether anything was done. */
interface Shared {

  /** Leases a part of a window. */
  CompletionStage<Leased> lease(Lease lease);

  /**
   * Registers how many streams this node may have at once.
   *
   * @return that many: from {@link Slotting#open} to {@link Slotting#want}
   */
  CompletionStage<Long> slots(Slotting slotting);

  /**
   * What is asked of a window.
   *
   * @param name of the window
   * @param least all or nothing: so much, or none
   * @param want so much, where it is there
   * @param carry used here, and not counted there yet
   * @param recent used here in the last window or held: counted again where all was forgotten
   * @param back leased before and not used, by the grain of time that it was leased in
   */
  record Lease(
      String name,
      long limit,
      long least,
      long want,
      long carry,
      long recent,
      Map<Long, Long> back) {}

  /**
   * What was leased.
   *
   * @param grain the grain of time that it is counted in
   * @param free what is left for everybody
   * @param retryMillis when {@code least} will be there at the latest; 0: it was
   * @param fullMillis when the whole window will be free, if nobody asks
   */
  record Leased(long units, long grain, long free, long retryMillis, long fullMillis) {}

  /**
   * What is asked of the slots for streams.
   *
   * @param open how many streams this node has now: they count whatever the limit is
   */
  record Slotting(String name, long limit, long open, long want) {}
}
