package dev.tollgate.spend;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The leases of one budget that a node has, and what it knows of the budget: the lease in use, and
 * those of windows that are over, until their last hold is settled.
 */
final class LeaseHolding {

  private static final int QUIET_SECONDS = 2;

  private final Deque<Lease> past = new ArrayDeque<>();
  private @Nullable Lease lease;
  private long expires;
  private @Nullable Reading reading;
  private SliceSize size = new SliceSize(0, 0);
  private long freeBefore;
  private long settledBefore;
  private int quiet;

  /**
   * Whether a lease is as this node left it. One that it does not know, and that has money in it,
   * is out of a backup: what of that is held, is not known here.
   */
  boolean recognizes(Opened opened) {
    return opened.granted() == opened.spent()
        || leases().stream().anyMatch(known -> known.id() == opened.lease());
  }

  void open(Opened opened, long expiresAt, long now) {
    if (lease == null || lease.id() != opened.lease()) {
      retire();
      lease = again(opened);
      size = new SliceSize(lease.slice().settled(), now);
    }
    expires = expiresAt;
    lease.renew(expiresAt);
    reading = opened.reading();
  }

  private Lease again(Opened opened) {
    for (Lease old : past) {
      if (old.id() == opened.lease()) {
        past.remove(old);
        return old;
      }
    }
    Reading seen = opened.reading();
    return new Lease(
        opened.lease(),
        seen.budget(),
        seen.window(),
        opened.granted(),
        opened.spent(),
        opened.request());
  }

  void given(Effect.Ask done, long amount, long expiresAt) {
    Lease to = done.lease();
    to.request = done.request();
    to.granted += amount;
    to.slice().put(amount);
    renewed(to, expiresAt);
  }

  void returned(Effect.Return done, boolean closed) {
    Lease from = done.lease();
    from.request = done.request();
    from.surplus -= done.amount();
    if (closed) {
      past.remove(from);
    }
  }

  void renewed(Lease which, long expiresAt) {
    which.renew(expiresAt);
    if (which == lease && expiresAt - expires > 0) {
      expires = expiresAt;
    }
  }

  boolean isNews(@Nullable Reading seen) {
    return reading == null || seen == null || seen.at() - reading.at() > 0;
  }

  /** Takes note of how the budget is; null: there is none any more. */
  void see(@Nullable Reading seen) {
    reading = seen;
    if (lease != null && (seen == null || seen.window() != lease.window())) {
      retire();
    }
  }

  /** Takes the lease out of use. */
  void retire() {
    if (lease != null) {
      lease.closeDue = true;
      past.add(lease);
      lease = null;
    }
  }

  /** Forgets a lease that is no longer this node's to move. */
  void drop(Lease gone) {
    gone.forsake();
    past.remove(gone);
    if (gone.equals(lease)) {
      lease = null;
    }
  }

  /** Takes out of use what nobody holds of the lease in use. */
  void shedFree() {
    if (lease != null) {
      lease.shed(Long.MAX_VALUE);
    }
  }

  /** Forgets all leases: they are no longer this node's. */
  void abandon() {
    leases().forEach(Lease::forsake);
    past.clear();
    lease = null;
    reading = null;
  }

  @Nullable Reading reading() {
    return reading;
  }

  @Nullable Lease lease() {
    return lease;
  }

  /** What could still be granted by PostgreSQL when it was read. */
  long room() {
    if (reading == null) {
      return Long.MIN_VALUE;
    }
    Money limit = reading.terms().limit();
    return limit == null ? Long.MAX_VALUE : limit.nanos() - reading.granted();
  }

  /** The lease in use, if it holds at {@code now}. */
  @Nullable Gate holds(long now) {
    Gate gate = last();
    return gate != null && gate.isOpen(now) ? gate : null;
  }

  /** The lease in use, whether it still holds or not. */
  @Nullable Gate last() {
    return gate(false, false);
  }

  /** What the fast path may use: nothing while more is granted than the limit allows. */
  @Nullable Gate gate(boolean mayAsk) {
    return gate(true, mayAsk);
  }

  private @Nullable Gate gate(boolean strict, boolean mayAsk) {
    Lease current = lease;
    Reading seen = reading;
    if (current == null || seen == null || (strict && seen.over())) {
      return null;
    }
    return new Gate(current, seen, seen.bound(expires), mayAsk ? size.target() / 2 : 0);
  }

  /** A call wants to hold {@code amount}. */
  void wanted(long amount) {
    size.held(amount);
  }

  /** How much less is free than should be. */
  long shortOfTarget() {
    return lease == null ? 0 : Math.max(0, size.target() - lease.slice().free());
  }

  Effect.@Nullable Request ask(long ask, long demand) {
    return lease == null
        ? null
        : new Effect.Ask(lease, lease.request + 1, ask, demand, shortOfTarget());
  }

  /** What is to be given back next. */
  Effect.@Nullable Request back() {
    if (lease != null && reading != null && reading.over()) {
      lease.shed(Long.MAX_VALUE);
    }
    if (lease != null && lease.surplus > 0) {
      return new Effect.Return(lease, lease.request + 1, lease.surplus, false);
    }
    for (Lease old : past) {
      old.shed(Long.MAX_VALUE);
      if (old.surplus > 0 || old.closeDue) {
        old.closeDue = false;
        return new Effect.Return(old, old.request + 1, old.surplus, old.outstanding() == 0);
      }
    }
    return null;
  }

  /**
   * Learns from the second that went by.
   *
   * @param undisturbed whether what is free is free to be given back
   */
  void observe(boolean undisturbed, long now) {
    for (Lease old : past) {
      old.closeDue |= old.outstanding() == 0;
    }
    Lease current = lease;
    if (current == null) {
      return;
    }
    Slice slice = current.slice();
    size.sample(slice.settled(), now);
    quiet = slice.free() == freeBefore && slice.settled() == settledBefore ? quiet + 1 : 0;
    long needless = slice.lowest() - size.target();
    if (undisturbed && quiet >= QUIET_SECONDS) {
      current.shed(Long.MAX_VALUE);
    } else if (undisturbed && needless > size.target()) {
      current.shed(needless);
    }
    freeBefore = slice.free();
    settledBefore = slice.settled();
  }

  /** Every lease with money in it, or in the hands of calls. */
  Deque<Lease> leases() {
    Deque<Lease> all = new ArrayDeque<>(past);
    if (lease != null) {
      all.addFirst(lease);
    }
    return all;
  }

  boolean owes() {
    return past.stream().anyMatch(old -> old.surplus > 0 || old.slice().free() > 0 || old.closeDue)
        || (lease != null && lease.surplus > 0);
  }

  boolean empty() {
    return past.isEmpty()
        && (lease == null
            || (lease.outstanding() == 0 && lease.slice().free() == 0 && lease.surplus == 0));
  }
}
