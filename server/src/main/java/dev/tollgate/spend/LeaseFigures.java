package dev.tollgate.spend;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a lease says, as a repair of the books changes it. Nano-dollars.
 *
 * @param entered whether what it presumed has its entry in the ledger
 */
record LeaseFigures(
    long id, String state, long granted, long spent, long presumed, boolean entered) {

  private boolean live() {
    return state.equals("live");
  }

  private LeaseFigures with(long newGranted, long newSpent) {
    return new LeaseFigures(id, state, newGranted, newSpent, presumed, entered);
  }

  /**
   * The leases of a window, so changed that each is consistent and the sum of what they spent is
   * that of the ledger. Where leases and budget agree on what was granted, that is believed, and
   * what was spent is set right by it. Else both move together: a live lease then keeps what its
   * node has in memory. What cannot be told apart is first put on leases that nobody uses.
   *
   * @param grantsAgree whether the budget was granted what its leases were
   */
  static List<LeaseFigures> repaired(List<LeaseFigures> leases, long ledger, boolean grantsAgree) {
    List<LeaseFigures> fixed =
        new ArrayList<>(leases.stream().map(lease -> lease.evened(grantsAgree)).toList());
    fixed.sort(Comparator.comparingInt(LeaseFigures::rank).thenComparingLong(LeaseFigures::id));
    long off = ledger - fixed.stream().mapToLong(LeaseFigures::spent).sum();
    if (grantsAgree) {
      off = spread(fixed, off, true);
    }
    spread(fixed, off, false);
    fixed.replaceAll(LeaseFigures::bounded);
    fixed.sort(Comparator.comparingLong(LeaseFigures::id));
    return fixed;
  }

  /** Closed leases before frozen ones before live ones. */
  private int rank() {
    return switch (state) {
      case "closed" -> 0;
      case "frozen" -> 1;
      default -> 2;
    };
  }

  private LeaseFigures evened(boolean grantsAgree) {
    LeaseFigures known =
        state.equals("frozen") && !entered
            ? new LeaseFigures(id, "closed", granted, spent, 0, true)
            : this;
    if (granted == spent || (live() && granted > spent)) {
      return known;
    }
    return grantsAgree && granted >= presumed
        ? known.with(granted, granted)
        : known.with(Math.max(0, spent), Math.max(0, spent));
  }

  /**
   * Puts a difference on leases, as far as they can take it.
   *
   * @param within whether only live leases take it, out of what they were granted
   * @return what they could not take
   */
  private static long spread(List<LeaseFigures> leases, long difference, boolean within) {
    long off = difference;
    for (int i = 0; i < leases.size() && off != 0; i++) {
      LeaseFigures lease = leases.get(i);
      if (!within || lease.live()) {
        long most = within ? lease.granted - lease.spent : Long.MAX_VALUE;
        long part = Math.clamp(off, -Math.max(0, lease.spent), most);
        leases.set(
            i, lease.with(within ? lease.granted : lease.granted + part, lease.spent + part));
        off -= part;
      }
    }
    return off;
  }

  private LeaseFigures bounded() {
    long most = state.equals("frozen") ? Math.max(0, spent) : 0;
    return new LeaseFigures(id, state, granted, spent, Math.clamp(presumed, 0, most), entered);
  }
}
