package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.tenancy.OrgScope;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Gives money to calls: out of memory where all of their budgets have it free, else by letting them
 * wait in line. Never blocks.
 */
final class Admissions implements PendingCall.Desk {

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
    List<Gate> gates = new ArrayList<>(accounts.size());
    for (Account account : accounts) {
      Gate gate = account.gate();
      if (gate == null) {
        return null;
      }
      gates.add(gate);
    }
    Standing standing = standing(gates);
    return switch (PendingCall.propose(planner, standing, callId)) {
      case Proposal.Take<P> take -> {
        List<Hold.Part> parts =
            standing.admits(take.amount()) ? take(accounts, gates, take.amount().nanos()) : null;
        yield parts == null
            ? null
            : granted(scope, callId, attempt, take, gates, parts, standing.remaining());
      }
      case Proposal.Refuse<P> refusal ->
          LeaseProtocol.forMoney(refusal.code()) && !certain(gates)
              ? null
              : new Admission.Refused<>(refusal.code(), refusal.message());
    };
  }

  private static Standing standing(List<Gate> gates) {
    Gate first = gates.getFirst();
    if (gates.size() == 1) {
      return first.standing();
    }
    BudgetTerms policy = first.reading().terms();
    List<BudgetStanding> shares = new ArrayList<>(gates.size());
    for (Gate gate : gates) {
      shares.add(gate.share());
    }
    return new Standing(shares, policy.ladder(), policy.estimation(), policy.capAllowed());
  }

  /** Whether a refusal may rest on what is in memory. */
  private boolean certain(List<Gate> gates) {
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

  private static @Nullable List<Hold.Part> take(
      List<Account> accounts, List<Gate> gates, long nanos) {
    List<Hold.Part> parts = new ArrayList<>(accounts.size());
    for (int i = 0; i < gates.size(); i++) {
      Account account = accounts.get(i);
      if (!account.take(gates.get(i), nanos)) {
        parts.forEach(part -> part.account().released(part.lease(), nanos));
        return null;
      }
      parts.add(new Hold.Part(account, gates.get(i).lease()));
    }
    return parts;
  }

  private <P> @Nullable Admission<P> granted(
      OrgScope scope,
      UUID callId,
      int attempt,
      Proposal.Take<P> take,
      List<Gate> gates,
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
      OrgScope scope,
      UUID callId,
      int attempt,
      Money amount,
      List<Gate> gates,
      List<Hold.Part> parts) {
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
    long now = clock.nanoTime();
    if (!open(gates, now) || !held(parts, now)) {
      holds.close(slot);
      return null;
    }
    return new Hold(scope, callId, attempt, amount, parts, slot);
  }

  private static boolean open(List<Gate> gates, long now) {
    for (Gate gate : gates) {
      if (!gate.isOpen(now)) {
        return false;
      }
    }
    return true;
  }

  private static boolean held(List<Hold.Part> parts, long now) {
    for (Hold.Part part : parts) {
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
    return hold(call.scope(), call.callId(), call.attempt(), amount, List.of(), parts);
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
