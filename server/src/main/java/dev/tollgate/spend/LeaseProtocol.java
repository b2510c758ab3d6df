package dev.tollgate.spend;

import dev.tollgate.kernel.ErrorCode;
import java.util.ArrayList;
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

  private final LeaseHolding holding = new LeaseHolding();
  private final List<Effect> effects = new ArrayList<>();
  private final RequestLine line = new RequestLine();
  private final AskPace pace;
  private final WaitingLine waiting;
  private boolean ahead;
  private @Nullable String fenced;

  /**
   * @param wait how long a call waits, in nanoseconds
   * @param capacity how many may wait
   * @param now the first monotonic reading
   */
  LeaseProtocol(long wait, int capacity, long now) {
    this.pace = new AskPace(now);
    this.waiting = new WaitingLine(wait, capacity, holding, pace, this::decided);
  }

  private void decided(Waiter waiter, Verdict verdict) {
    effects.add(new Effect.Decide(waiter, verdict));
  }

  // Commands
  // ---------------------------------------------------------------------------------------

  /** A call asks for money. */
  void admit(Waiter waiter, long now) {
    if (fenced == null) {
      waiting.admit(waiter, now);
    } else {
      decided(waiter, new Verdict.Refuse(ErrorCode.BUDGET_UNAVAILABLE, fenced));
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
      pace.askAtOnce(now);
    } else if (!late) {
      distrust();
    }
    advance(now);
  }

  /** The answer to {@link Effect.Open} where there is no such budget. */
  void unknown(long now) {
    line.answered();
    holding.see(null);
    waiting.refuseAll(ErrorCode.BUDGET_UNAVAILABLE, Refusals.UNKNOWN);
    advance(now);
  }

  /** The answer to {@link Effect.Ask}; {@code seen} is null when the organization is gone. */
  void given(long amount, @Nullable Reading seen, long expiresAt, long now) {
    if (line.pending() instanceof Effect.Ask done) {
      holding.given(done, amount, expiresAt);
      if (done.demand() == 0) {
        pace.askedAhead(now);
      } else if (amount < done.ask()) {
        pace.askedInVain(now);
      } else {
        pace.askAtOnce(now);
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
      pace.askAtOnce(now);
    }
    line.answered();
    advance(now);
  }

  /**
   * The answer to {@link Effect.Recall}.
   *
   * @param leases how many of other nodes were called back; they answer within {@link
   *     AskPace#RECALL}
   */
  void recalled(long leases, long now) {
    line.answered();
    pace.recalled(leases > 0, now);
    advance(now);
  }

  /** Another node needs what is free here; what calls wait for here is not. */
  void recall(long now) {
    if (waiting.isEmpty()) {
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
    waiting.refuseAll(ErrorCode.BUDGET_UNAVAILABLE, Refusals.REPLAYING);
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
        pace.askAtOnce(now);
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
    holding.observe(waiting.isEmpty() && !line.busy(), now);
    advance(now);
  }

  /** Nobody has asked for long: gives the lease back, and opens another when somebody does. */
  void leave(long now) {
    holding.retire();
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
    return waiting.size();
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
    return waiting.isEmpty() && line.pending() == null && holding.empty();
  }

  /** Whether all that was free is given back. */
  boolean settledUp() {
    return line.pending() == null && !holding.owes();
  }

  /** When something is due, as a monotonic reading; null: nothing is. */
  @Nullable Long dueAt(long now) {
    Long deadline = waiting.deadline(now);
    return deadline == null || line.busy() ? deadline : Long.valueOf(pace.before(deadline));
  }

  private void refuseFromNowOn(String why) {
    fenced = why;
    waiting.refuseAll(ErrorCode.BUDGET_UNAVAILABLE, why);
  }

  // Asking PostgreSQL
  // ----------------------------------------------------------------------------------

  private void advance(long now) {
    request(waiting.advance(now), now);
  }

  private void request(WaitingLine.Lack lack, long now) {
    if (line.busy()) {
      return;
    }
    if (line.resting(now)) {
      waiting.refuseAll(ErrorCode.BUDGET_UNAVAILABLE, Refusals.AWAY);
      return;
    }
    Effect.Request unknown = line.pending();
    Effect.Request request = unknown != null ? unknown : next(lack, now);
    if (request != null) {
      effects.add(line.ask(request));
    }
  }

  private Effect.@Nullable Request next(WaitingLine.Lack lack, long now) {
    if (lack == WaitingLine.Lack.READING) {
      return new Effect.Open();
    }
    Effect.Request back = holding.back();
    if (back != null) {
      return back;
    }
    if (lack == WaitingLine.Lack.MONEY) {
      if (pace.mayAsk(now)) {
        return askForWaiters();
      }
      return pace.mayRecall(now) && holding.last() != null ? new Effect.Recall() : null;
    }
    return ahead && fenced == null && pace.mayAskAhead(now) ? askAhead(now) : null;
  }

  private Effect.@Nullable Request askForWaiters() {
    Gate gate = holding.last();
    if (gate == null) {
      return new Effect.Open();
    }
    WaitingLine.Need need = waiting.need(gate);
    return holding.ask(need.least(), need.all());
  }

  private Effect.@Nullable Request askAhead(long now) {
    ahead = false;
    Gate gate = holding.holds(now);
    return gate == null || gate.reading().over() || holding.shortOfTarget() == 0
        ? null
        : holding.ask(1, 0);
  }
}
