package dev.tollgate.spend;

import dev.tollgate.kernel.ErrorCode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls that want money of one budget, in the order in which they came: who gets it, who waits
 * on, and who is refused. One that needs no money waits for nobody.
 */
final class WaitingLine {

  /** How long a call waits for PostgreSQL to say something, however short the wait for money. */
  private static final long PATIENCE = 5_000_000_000L;

  private static final int LOOK_AHEAD = 32;

  private final long wait;
  private final int capacity;
  private final LeaseHolding holding;
  private final AskPace pace;
  private final BiConsumer<Waiter, Verdict> told;
  private final Deque<Waiter> waiters = new ArrayDeque<>();
  private long lacking;

  /** What keeps a call from being decided. */
  enum Lack {
    /** Nothing: it was decided. */
    NONE,
    /** A lease that holds, or a reading fresh enough to refuse by. */
    READING,
    /** Money that other calls hold. */
    MONEY
  }

  /**
   * What the line is short of.
   *
   * @param least what helps the first one
   * @param all what helps everybody, as far as one looks
   */
  record Need(long least, long all) {}

  /**
   * @param wait how long a call waits, in nanoseconds
   * @param capacity how many may wait
   * @param told takes what is decided
   */
  WaitingLine(
      long wait,
      int capacity,
      LeaseHolding holding,
      AskPace pace,
      BiConsumer<Waiter, Verdict> told) {
    this.wait = wait;
    this.capacity = capacity;
    this.holding = holding;
    this.pace = pace;
    this.told = told;
  }

  boolean isEmpty() {
    return waiters.isEmpty();
  }

  int size() {
    return waiters.size();
  }

  /** Decides on a call, or lets it wait. */
  void admit(Waiter waiter, long now) {
    if (decide(waiter, waiters.isEmpty(), now) == Lack.NONE) {
      return;
    }
    if (waiters.size() >= capacity) {
      refuse(waiter, ErrorCode.BUDGET_HELD, Refusals.crowded(waiters.size()));
    } else {
      waiters.add(waiter);
    }
  }

  /** Decides on as many as can be; what keeps the first of the others. */
  Lack advance(long now) {
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
    return lack;
  }

  void refuseAll(ErrorCode code, String message) {
    while (!waiters.isEmpty()) {
      refuse(waiters.remove(), code, message);
    }
  }

  /** Until when the first one waits, as a monotonic reading; null: nobody waits. */
  @Nullable Long deadline(long now) {
    Waiter head = waiters.peek();
    if (head == null) {
      return null;
    }
    long patience = now - head.since() < wait ? wait : Math.max(wait, PATIENCE);
    return head.since() + patience;
  }

  /** What to ask PostgreSQL for, beyond what is free in the slice. */
  Need need(Gate gate) {
    long free = gate.lease().slice().free();
    long least = Math.max(1, lacking - free);
    long all = -free;
    int looked = 0;
    for (Waiter waiter : waiters) {
      if (looked++ == LOOK_AHEAD) {
        break;
      }
      if (waiter.propose(gate.standing()) instanceof Proposal.Take<?> take) {
        all = saturated(all, take.amount().nanos());
      }
    }
    return new Need(least, Math.max(least, all));
  }

  private static long saturated(long a, long b) {
    long sum = a + b;
    return b > 0 && sum < a ? Long.MAX_VALUE / 4 : sum;
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
    told.accept(waiter, new Verdict.Grant(gate.lease(), gate.share().remaining()));
    return Lack.NONE;
  }

  /** Whether a refusal is for want of money, and not of the request itself. */
  static boolean forMoney(ErrorCode code) {
    return code == ErrorCode.BUDGET_EXHAUSTED || code == ErrorCode.BUDGET_INSUFFICIENT;
  }

  private boolean waitedEnough(Waiter waiter, Lack lack, long now) {
    long waited = now - waiter.since();
    boolean known = lack == Lack.MONEY && pace.exhausted(waiter.since(), now);
    return waited >= (known ? wait : Math.max(wait, PATIENCE));
  }

  /** Money is merely held where PostgreSQL said so since the call came; else nobody knows. */
  private void timedOut(Waiter waiter, Lack lack) {
    Gate gate = holding.last();
    if (lack == Lack.MONEY
        && gate != null
        && (pace.wasInVain(waiter.since()) || mayReturn(waiter, gate))) {
      refuse(waiter, ErrorCode.BUDGET_HELD, Refusals.held(gate.share()));
    } else {
      refuse(waiter, ErrorCode.BUDGET_UNAVAILABLE, Refusals.AWAY);
    }
  }

  private Lack refuse(Waiter waiter, ErrorCode code, String message) {
    told.accept(waiter, new Verdict.Refuse(code, message));
    return Lack.NONE;
  }
}
