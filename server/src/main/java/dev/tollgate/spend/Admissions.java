package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.tenancy.OrgScope;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Gives money to calls: out of memory where all of their budgets have it free, else by letting them
 * wait in line. Never blocks.
 */
final class Admissions implements PendingCall.Desk {

  private static final Gate[] NO_GATES = {};

  private final Holds holds;
  private final Runnable unreserve;
  private final Clock clock;
  private final Decisions decisions;

  /** Where holds are entered, to be found after a crash. */
  interface Holds {

    /**
     * Enters a hold of {@code amount} in each of the leases that are not 0.
     *
     * @return its slot; {@link HoldTable#FULL}: nothing was entered
     */
    int open(
        UUID call, int attempt, long amount, long lease0, long lease1, long lease2, long lease3);

    /** Ends the hold of a slot. */
    void close(int slot);
  }

  /** Hears what calls are told. */
  interface Decisions {
    void decided(UUID organization, Admission<?> admission);
  }

  /**
   * @param unreserve gives a place in the intake back
   */
  Admissions(Holds holds, Runnable unreserve, Clock clock, Decisions decisions) {
    this.holds = holds;
    this.unreserve = unreserve;
    this.clock = clock;
    this.decisions = decisions;
  }

  /**
   * Asks for money; a place in the intake is taken already, and is given back with a refusal.
   *
   * @param accounts that must all grant it, in the order of {@link BudgetScope}
   */
  <P> Future<Admission<P>> ask(
      OrgScope scope,
      UUID callId,
      int attempt,
      Proposal.Planner<P> planner,
      List<Account> accounts) {
    Admission<P> admission = atOnce(scope, callId, attempt, planner, accounts);
    if (admission == null) {
      long now = clock.nanoTime();
      return new PendingCall<>(scope, callId, attempt, planner, accounts, now, this).ask();
    }
    decided(scope.organizationId(), admission);
    return Future.succeededFuture(admission);
  }

  /** Decides out of memory, without a lock; null where that is not enough. */
  private <P> @Nullable Admission<P> atOnce(
      OrgScope scope,
      UUID callId,
      int attempt,
      Proposal.Planner<P> planner,
      List<Account> accounts) {
    Gate[] gates = gates(accounts);
    if (gates == null) {
      return null;
    }
    Standing standing = standing(gates);
    return switch (PendingCall.propose(planner, standing, callId)) {
      case Proposal.Take<P> take -> {
        Money remaining = standing.remaining();
        List<Hold.Part> parts =
            Standing.admits(remaining, take.amount())
                ? take(accounts, gates, take.amount().nanos())
                : null;
        yield parts == null ? null : granted(scope, callId, attempt, take, gates, parts, remaining);
      }
      case Proposal.Refuse<P> refusal ->
          WaitingLine.forMoney(refusal.code()) && !certain(gates)
              ? null
              : new Admission.Refused<>(refusal.code(), refusal.message());
    };
  }

  /** Of every account, in their order; null: one of them is closed. */
  private static Gate @Nullable [] gates(List<Account> accounts) {
    Gate[] gates = new Gate[accounts.size()];
    for (int i = 0; i < gates.length; i++) {
      Gate gate = accounts.get(i).gate();
      if (gate == null) {
        return null;
      }
      gates[i] = gate;
    }
    return gates;
  }

  private static Standing standing(Gate[] gates) {
    Gate first = gates[0];
    if (gates.length == 1) {
      return first.standing();
    }
    BudgetTerms policy = first.reading().terms();
    return new Standing(shares(gates), policy.ladder(), policy.estimation(), policy.capAllowed());
  }

  private static List<BudgetStanding> shares(Gate[] gates) {
    BudgetStanding first = gates[0].share();
    BudgetStanding second = gates[1].share();
    return switch (gates.length) {
      case 2 -> List.of(first, second);
      case 3 -> List.of(first, second, gates[2].share());
      case 4 -> List.of(first, second, gates[2].share(), gates[3].share());
      default -> throw new IllegalStateException("a call in " + gates.length + " budgets");
    };
  }

  /** Whether a refusal may rest on what is in memory. */
  private boolean certain(Gate[] gates) {
    long now = clock.nanoTime();
    for (Gate gate : gates) {
      if (!gate.isOpen(now)
          || !gate.reading().serves(now, now)
          || gate.reading().presumedLately() > 0) {
        return false;
      }
    }
    return true;
  }

  /** Of all of them, or of none. */
  private static @Nullable List<Hold.Part> take(List<Account> accounts, Gate[] gates, long nanos) {
    for (int i = 0; i < gates.length; i++) {
      if (!accounts.get(i).take(gates[i], nanos)) {
        for (int taken = 0; taken < i; taken++) {
          accounts.get(taken).released(gates[taken].lease(), nanos);
        }
        return null;
      }
    }
    return parts(accounts, gates);
  }

  /** Lists of so few that are not copied again. */
  private static List<Hold.Part> parts(List<Account> accounts, Gate[] gates) {
    Hold.Part first = part(accounts, gates, 0);
    return switch (gates.length) {
      case 1 -> List.of(first);
      case 2 -> List.of(first, part(accounts, gates, 1));
      case 3 -> List.of(first, part(accounts, gates, 1), part(accounts, gates, 2));
      case 4 ->
          List.of(
              first, part(accounts, gates, 1), part(accounts, gates, 2), part(accounts, gates, 3));
      default -> throw new IllegalStateException("a call in " + gates.length + " budgets");
    };
  }

  private static Hold.Part part(List<Account> accounts, Gate[] gates, int at) {
    return accounts.get(at).part(gates[at].lease());
  }

  private <P> @Nullable Admission<P> granted(
      OrgScope scope,
      UUID callId,
      int attempt,
      Proposal.Take<P> take,
      Gate[] gates,
      List<Hold.Part> parts,
      @Nullable Money remaining) {
    Hold hold = hold(scope, callId, attempt, take.amount(), gates, parts);
    if (hold == null) {
      parts.forEach(part -> part.account().released(part.lease(), take.amount().nanos()));
      return null;
    }
    return new Admission.Granted<>(hold, take.plan(), remaining);
  }

  /**
   * @param gates that must be open still, when the hold can be seen by others
   */
  private @Nullable Hold hold(
      OrgScope scope, UUID callId, int attempt, Money amount, Gate[] gates, List<Hold.Part> parts) {
    int slot =
        holds.open(
            callId,
            attempt,
            amount.nanos(),
            lease(parts, 0),
            lease(parts, 1),
            lease(parts, 2),
            lease(parts, 3));
    if (slot == HoldTable.FULL) {
      return null;
    }
    // After the slot is open: if we were paused until now, what the lease had may be another's. If
    // we are paused from now on, whoever takes the lease back finds the slot.
    if (!held(gates, parts, clock.nanoTime())) {
      holds.close(slot);
      return null;
    }
    return new Hold(scope, callId, attempt, amount, parts, slot);
  }

  private static boolean held(Gate[] gates, List<Hold.Part> parts, long now) {
    for (Gate gate : gates) {
      if (!gate.isOpen(now)) {
        return false;
      }
    }
    for (int i = 0; i < parts.size(); i++) {
      Hold.Part part = parts.get(i);
      if (!part.account().holds(part.lease(), now)) {
        return false;
      }
    }
    return true;
  }

  private static long lease(List<Hold.Part> parts, int at) {
    return at < parts.size() ? parts.get(at).lease().id() : 0;
  }

  @Override
  public <P> @Nullable Hold hold(PendingCall<P> call, Money amount, List<Hold.Part> parts) {
    return hold(call.scope(), call.callId(), call.attempt(), amount, NO_GATES, parts);
  }

  @Override
  public void decided(UUID organization, Admission<?> admission) {
    if (admission instanceof Admission.Refused<?>) {
      unreserve.run();
    }
    decisions.decided(organization, admission);
  }

  /** Gives a hold back whose attempt never reached a provider. */
  void release(Hold hold) {
    for (Hold.Part part : hold.parts()) {
      part.account().released(part.lease(), hold.amount().nanos());
    }
    ended(hold);
    unreserve.run();
  }

  /** The hold's end is known to the database, or there is nothing to know. */
  void ended(Hold hold) {
    holds.close(hold.slot());
  }
}
