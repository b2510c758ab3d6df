package dev.tollgate.spend;

import dev.tollgate.kernel.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One budget on one node, as a state machine: commands in, {@link Effect}s out. Decides who gets
 * money, who waits and who is refused, and what to ask PostgreSQL; does none of it itself.
 *
 * <p>Memory may grant; only PostgreSQL may refuse: a refusal for want of money rests on a reading
 * that is younger than the call that it refuses, or than 250 ms. Calls wait in the order in which
 * they came; one that needs no money waits for nobody.
 *
 * <p>Knows no clock: every command brings a monotonic reading. Not thread-safe, but for the {@link
 * Slice} of the lease, which the fast path takes from while nobody waits.
 */
final class LeaseProtocol {

  /** How long a reading serves for refusals, and between two asks that were in vain. */
  static final long FRESH = 250_000_000L;

  /** How long PostgreSQL is left alone after it did not answer twice. */
  static final long REST = 100_000_000L;

  /** How long a call waits for PostgreSQL to say something, however short the wait for money. */
  private static final long PATIENCE = 5_000_000_000L;

  /** How long other nodes are given to answer a recall, and the pace of asking meanwhile. */
  static final long RECALL = 1_000_000_000L;

  private static final long RECALL_PACE = 30_000_000L;

  private static final int LOOK_AHEAD = 32;

  private final long wait;
  private final int capacity;
  private final Deque<Waiter> waiters = new ArrayDeque<>();
  private final LeaseHolding holding = new LeaseHolding();
  private final List<Effect> effects = new ArrayList<>();

  private final RequestLine line = new RequestLine();

  private long askFrom;
  private long vainAt;
  private long aheadFrom;
  private long recallFrom;
  private long recallUntil;
  private boolean ahead;
  private @Nullable String fenced;
  private long lacking;

  /**
   * @param wait how long a call waits, in nanoseconds
   * @param capacity how many may wait
   * @param now the first monotonic reading
   */
  LeaseProtocol(long wait, int capacity, long now) {
    this.wait = wait;
    this.capacity = capacity;
    this.askFrom = now;
    this.vainAt = now - 1;
    this.aheadFrom = now;
    this.recallFrom = now;
    this.recallUntil = now;
  }

  // Commands
  // ---------------------------------------------------------------------------------------

  /** A call asks for money. */
  void admit(Waiter waiter, long now) {
    if (fenced != null) {
      refuse(waiter, ErrorCode.BUDGET_UNAVAILABLE, fenced);
    } else if (decide(waiter, waiters.isEmpty(), now) != Lack.NONE) {
      if (waiters.size() >= capacity) {
        refuse(waiter, ErrorCode.BUDGET_HELD, Refusals.crowded(waiters.size()));
      } else {
        waiters.add(waiter);
      }
    }
    advance(now);
  }

  /** Holds ended and money may have come free, or something that was waited for is due. */
  void moved(long now) {
    advance(now);
  }

  /**
   * A call cost more than it held. As much is taken out of the slice, so that the excess is not
   * granted a second time.
   */
  void exceeded(Lease in, long excess, long now) {
    in.shed(excess);
    advance(now);
  }

  /** The slice runs low while calls come: fill it before one has to wait. */
  void runsLow(long now) {
    ahead = true;
    advance(now);
  }

  /**
   * The answer to {@link Effect.Open}.
   *
   * @param expiresAt until when the lease holds, counted from before PostgreSQL was asked
   */
  void opened(Opened opened, long expiresAt, long now) {
    boolean late = line.forgotten();
    line.answered();
    if (!late && holding.recognizes(opened)) {
      holding.open(opened, expiresAt, now);
      askFrom = now;
    } else if (!late) {
      distrust();
    }
    advance(now);
  }

  /** The answer to {@link Effect.Open} where there is no such budget. */
  void unknown(long now) {
    line.answered();
    holding.see(null);
    refuseAll(ErrorCode.BUDGET_UNAVAILABLE, Refusals.UNKNOWN);
    advance(now);
  }

  /** The answer to {@link Effect.Ask}; {@code seen} is null when the organization is gone. */
  void given(long amount, @Nullable Reading seen, long expiresAt, long now) {
    if (line.pending() instanceof Effect.Ask done) {
      holding.given(done, amount, expiresAt);
      if (done.demand() == 0) {
        aheadFrom = now + FRESH;
      } else {
        boolean vain = amount < done.ask();
        askFrom = vain ? now + (recallUntil - now > 0 ? RECALL_PACE : FRESH) : now;
        vainAt = vain ? now : vainAt;
      }
      ahead = false;
    }
    line.answered();
    if (holding.isNews(seen)) {
      holding.see(seen);
    }
    advance(now);
  }

  /** The answer to {@link Effect.Return}. */
  void returned(boolean closed, long now) {
    if (line.pending() instanceof Effect.Return done) {
      holding.returned(done, closed);
      askFrom = now;
    }
    line.answered();
    advance(now);
  }

  /**
   * The answer to {@link Effect.Recall}.
   *
   * @param leases how many of other nodes were called back; they answer within {@link #RECALL}
   */
  void recalled(long leases, long now) {
    line.answered();
    recallFrom = now + 2 * RECALL;
    if (leases > 0) {
      recallUntil = now + RECALL;
      askFrom = now + RECALL_PACE;
    }
    advance(now);
  }

  /** Another node needs what is free here; what calls wait for here is not. */
  void recall(long now) {
    if (waiters.isEmpty()) {
      holding.shedFree();
    }
    advance(now);
  }

  /** A lease is not this node's to move any more: what is held in it settles elsewhere. */
  void gone(Lease which, long now) {
    line.forget(which);
    holding.drop(which);
    advance(now);
  }

  /** As {@link #gone(Lease, long)}, of the lease that was to be moved. */
  void gone(long now) {
    Effect.Request pending = line.pending();
    line.answered();
    Lease which = pending == null ? null : pending.moves();
    if (which != null) {
      holding.drop(which);
    }
    advance(now);
  }

  /** No lease is this node's any more: the database was restored. */
  void startOver(long now) {
    line.forget();
    holding.abandon();
    advance(now);
  }

  /** The database does not know what this node did, or takes nothing from it any more. */
  void behind(long now) {
    line.answered();
    distrust();
    advance(now);
  }

  private void distrust() {
    holding.abandon();
    refuseAll(ErrorCode.BUDGET_UNAVAILABLE, Refusals.REPLAYING);
    effects.add(new Effect.Distrust());
  }

  /** PostgreSQL did not answer; whether it did what was asked is unknown. */
  void lost(long now) {
    line.lost(now);
    advance(now);
  }

  /** The budget as it was read in passing; null: its organization is gone. */
  void read(@Nullable Reading seen, long now) {
    if (holding.isNews(seen)) {
      long before = holding.room();
      holding.see(seen);
      if (holding.room() > before) {
        askFrom = now;
      }
    }
    advance(now);
  }

  /** The lease in use holds until {@code expiresAt}. */
  void renewed(Lease which, long expiresAt) {
    holding.renewed(which, expiresAt);
  }

  /** PostgreSQL takes nothing from this node any more: another process runs under its name. */
  void superseded() {
    line.answered();
    holding.abandon();
    refuseFromNowOn(Refusals.SUPERSEDED);
  }

  /** A second went by: learn how fast money goes, and give back what nobody needs. */
  void tick(long now) {
    holding.observe(waiters.isEmpty() && !line.busy(), now);
    advance(now);
  }

  /** Gives everything back that is free, and takes no more. */
  void close(long now) {
    holding.retire();
    refuseFromNowOn(Refusals.CLOSING);
    advance(now);
  }

  // What can be asked
  // --------------------------------------------------------------------------------

  /** What was decided since the last call. */
  List<Effect> effects() {
    List<Effect> out = List.copyOf(effects);
    effects.clear();
    return out;
  }

  int waiting() {
    return waiters.size();
  }

  /** What the fast path may use; null: every call must ask here. */
  @Nullable Gate gate() {
    return fenced == null ? holding.gate(!ahead && !line.busy()) : null;
  }

  LeaseHolding holding() {
    return holding;
  }

  /** Whether nothing is held, free, owed or asked: nothing is lost by forgetting all this. */
  boolean idle() {
    return waiters.isEmpty() && line.pending() == null && holding.empty();
  }

  /** Whether all that was free is given back. */
  boolean settledUp() {
    return line.pending() == null && !holding.owes();
  }

  /** When something is due, as a monotonic reading; null: nothing is. */
  @Nullable Long dueAt(long now) {
    Waiter head = waiters.peek();
    if (head == null) {
      return null;
    }
    long patience = now - head.since() < wait ? wait : Math.max(wait, PATIENCE);
    long deadline = head.since() + patience;
    return !line.busy() && askFrom - deadline < 0 ? askFrom : deadline;
  }

  // Deciding
  // -----------------------------------------------------------------------------------------

  /** What keeps a call from being decided. */
  private enum Lack {
    /** Nothing: it was decided. */
    NONE,
    /** A lease that holds, or a reading fresh enough to refuse by. */
    READING,
    /** Money that other calls hold. */
    MONEY
  }

  private void advance(long now) {
    Lack lack = Lack.NONE;
    while (!waiters.isEmpty() && lack == Lack.NONE) {
      Waiter head = waiters.element();
      lack = decide(head, true, now);
      if (lack != Lack.NONE && waitedEnough(head, lack, now)) {
        timedOut(head, lack);
        lack = Lack.NONE;
      }
      if (lack == Lack.NONE) {
        waiters.remove();
      }
    }
    request(lack, now);
  }

  /**
   * @param first whether it is its turn to take money
   */
  private Lack decide(Waiter waiter, boolean first, long now) {
    Gate gate = holding.holds(now);
    if (gate == null) {
      return Lack.READING;
    }
    Standing standing = gate.standing();
    boolean fresh = gate.reading().serves(waiter.since(), now);
    return switch (waiter.propose(standing)) {
      case Proposal.Refuse<?> refusal -> {
        if (!forMoney(refusal.code())) {
          yield refuse(waiter, refusal.code(), refusal.message());
        }
        if (!fresh) {
          yield Lack.READING;
        }
        yield mayReturn(waiter, gate)
            ? Lack.MONEY
            : refuse(waiter, refusal.code(), refusal.message());
      }
      case Proposal.Take<?> take -> {
        Money amount = take.amount();
        if (!standing.admits(amount)) {
          if (!fresh) {
            yield Lack.READING;
          }
          yield mayReturn(waiter, gate)
              ? Lack.MONEY
              : refuse(
                  waiter,
                  ErrorCode.BUDGET_INSUFFICIENT,
                  Refusals.insufficient(amount, gate.share()));
        }
        yield hold(waiter, amount.nanos(), first, gate);
      }
    };
  }

  /** Whether it would fit if what was presumed lately were not spent: then it is merely held. */
  private boolean mayReturn(Waiter waiter, Gate gate) {
    long lately = gate.reading().presumedLately();
    if (lately <= 0) {
      return false;
    }
    Standing raised = gate.standing().over(List.of(gate.share().raised(lately)));
    if (waiter.propose(raised) instanceof Proposal.Take<?> take && raised.admits(take.amount())) {
      lacking = take.amount().nanos();
      return true;
    }
    return false;
  }

  private Lack hold(Waiter waiter, long amount, boolean first, Gate gate) {
    holding.wanted(amount);
    if (amount > 0 && (!first || gate.reading().over() || !gate.lease().slice().take(amount))) {
      lacking = first ? amount : lacking;
      return Lack.MONEY;
    }
    effects.add(
        new Effect.Decide(waiter, new Verdict.Grant(gate.lease(), gate.share().remaining())));
    return Lack.NONE;
  }

  /** Whether a refusal is for want of money, and not of the request itself. */
  static boolean forMoney(ErrorCode code) {
    return code == ErrorCode.BUDGET_EXHAUSTED || code == ErrorCode.BUDGET_INSUFFICIENT;
  }

  private void refuseFromNowOn(String why) {
    fenced = why;
    refuseAll(ErrorCode.BUDGET_UNAVAILABLE, why);
  }

  /** That money is held is known when PostgreSQL had none to give after the call came. */
  private boolean waitedEnough(Waiter waiter, Lack lack, long now) {
    long waited = now - waiter.since();
    boolean asked = vainAt - waiter.since() >= 0 && recallFrom - now > 0;
    boolean known = lack == Lack.MONEY && asked && recallUntil - now <= 0;
    return waited >= (known ? wait : Math.max(wait, PATIENCE));
  }

  private void timedOut(Waiter waiter, Lack lack) {
    Gate gate = holding.last();
    if (lack == Lack.MONEY && gate != null) {
      refuse(waiter, ErrorCode.BUDGET_HELD, Refusals.held(gate.share()));
    } else {
      refuse(waiter, ErrorCode.BUDGET_UNAVAILABLE, Refusals.AWAY);
    }
  }

  private void refuseAll(ErrorCode code, String message) {
    while (!waiters.isEmpty()) {
      refuse(waiters.remove(), code, message);
    }
  }

  private Lack refuse(Waiter waiter, ErrorCode code, String message) {
    effects.add(new Effect.Decide(waiter, new Verdict.Refuse(code, message)));
    return Lack.NONE;
  }

  // Asking PostgreSQL
  // ----------------------------------------------------------------------------------

  private void request(Lack lack, long now) {
    if (line.busy()) {
      return;
    }
    if (line.resting(now)) {
      refuseAll(ErrorCode.BUDGET_UNAVAILABLE, Refusals.AWAY);
      return;
    }
    Effect.Request unknown = line.pending();
    Effect.Request request = unknown != null ? unknown : next(lack, now);
    if (request != null) {
      effects.add(line.ask(request));
    }
  }

  private Effect.@Nullable Request next(Lack lack, long now) {
    if (lack == Lack.READING) {
      return new Effect.Open();
    }
    Effect.Request back = holding.back();
    if (back != null) {
      return back;
    }
    if (lack == Lack.MONEY) {
      if (askFrom - now <= 0) {
        return askForWaiters();
      }
      return recallFrom - now <= 0 && holding.last() != null ? new Effect.Recall() : null;
    }
    return ahead && fenced == null && aheadFrom - now <= 0 ? askAhead(now) : null;
  }

  private Effect.@Nullable Request askForWaiters() {
    Gate gate = holding.last();
    if (gate == null) {
      return new Effect.Open();
    }
    long free = gate.lease().slice().free();
    long ask = Math.max(1, lacking - free);
    long demand = -free;
    int looked = 0;
    for (Waiter waiter : waiters) {
      if (looked++ == LOOK_AHEAD) {
        break;
      }
      if (waiter.propose(gate.standing()) instanceof Proposal.Take<?> take) {
        demand = saturated(demand, take.amount().nanos());
      }
    }
    return holding.ask(ask, Math.max(ask, demand));
  }

  private Effect.@Nullable Request askAhead(long now) {
    ahead = false;
    Gate gate = holding.holds(now);
    return gate == null || gate.reading().over() || holding.shortOfTarget() == 0
        ? null
        : holding.ask(1, 0);
  }

  private static long saturated(long a, long b) {
    long sum = a + b;
    return b > 0 && sum < a ? Long.MAX_VALUE / 4 : sum;
  }
}
