package dev.tollgate.spend;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.tenancy.OrgScope;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt of a call that waits for money: asks its budgets one after the other, in the order of
 * {@link BudgetScope}, and gives back what it has when one refuses.
 *
 * <p>It never waits at two budgets, and all calls ask in one order, so no two wait for each other.
 * While it waits it holds money of narrower budgets only. Each turn decides by how all budgets
 * stand; what it took before is lowered to what the last decision needs.
 */
final class PendingCall<P> {

  private static final Logger LOG = LoggerFactory.getLogger(PendingCall.class);

  /** What a pending call uses of the room it is in. */
  interface Desk {
    /** Makes a hold of what was taken; null: a lease is lost, or there is no place for a hold. */
    <P> @Nullable Hold hold(PendingCall<P> call, Money amount, List<Hold.Part> parts);

    /** The call was told. */
    void decided(UUID organization, Admission<?> admission);
  }

  private final OrgScope scope;
  private final UUID callId;
  private final int attempt;
  private final Proposal.Planner<P> planner;
  private final List<Account> accounts;
  private final long since;
  private final Desk desk;
  private final Promise<Admission<P>> promise = Promise.promise();
  private final List<Hold.Part> taken = new ArrayList<>();
  private long amount = Long.MAX_VALUE;
  private Proposal.@Nullable Take<P> last;
  private @Nullable Money least;

  PendingCall(
      OrgScope scope,
      UUID callId,
      int attempt,
      Proposal.Planner<P> planner,
      List<Account> accounts,
      long since,
      Desk desk) {
    this.scope = scope;
    this.callId = callId;
    this.attempt = attempt;
    this.planner = planner;
    this.accounts = accounts;
    this.since = since;
    this.desk = desk;
  }

  OrgScope scope() {
    return scope;
  }

  UUID callId() {
    return callId;
  }

  int attempt() {
    return attempt;
  }

  /** Completes when the call is decided. */
  Future<Admission<P>> ask() {
    next();
    return promise.future();
  }

  private void next() {
    if (taken.size() == accounts.size()) {
      granted();
    } else if (!accounts.get(taken.size()).enqueue(new Turn())) {
      refuse(ErrorCode.BUDGET_UNAVAILABLE, Refusals.AWAY);
    }
  }

  private void granted() {
    Proposal.Take<P> take = last;
    if (take == null) {
      throw new IllegalStateException("granted what call " + callId + " did not ask for");
    }
    Hold hold = desk.hold(this, new Money(amount), List.copyOf(taken));
    if (hold == null) {
      refuse(ErrorCode.BUDGET_UNAVAILABLE, Refusals.AWAY);
    } else {
      tell(new Admission.Granted<>(hold, take.plan(), least));
    }
  }

  private void refuse(ErrorCode code, String message) {
    giveBack(amount);
    tell(new Admission.Refused<>(code, message));
  }

  private void giveBack(long nanos) {
    taken.forEach(part -> part.account().released(part.lease(), nanos));
  }

  private void tell(Admission<P> admission) {
    desk.decided(scope.organizationId(), admission);
    promise.complete(admission);
  }

  /** What {@code planner} proposes; a refusal where it fails. */
  static <P> Proposal<P> propose(Proposal.Planner<P> planner, Standing standing, UUID callId) {
    try {
      return planner.propose(standing);
    } catch (RuntimeException e) {
      LOG.error("planning call {}", callId, e);
      return new Proposal.Refuse<>(ErrorCode.INTERNAL, "the call could not be planned");
    }
  }

  /** At one of the budgets. */
  private final class Turn implements Waiter {

    private Proposal.@Nullable Take<P> candidate;

    @Override
    public long since() {
      return since;
    }

    @Override
    public Proposal<P> propose(Standing own) {
      Proposal<P> proposal =
          accounts.size() == 1 ? plan(own) : plan(own.over(others(own.budgets().getFirst())));
      if (accounts.size() > 1
          && proposal instanceof Proposal.Refuse<P> refusal
          && WaitingLine.forMoney(refusal.code())) {
        // Another budget may be to blame: it refuses by a fresher reading, when it is its turn.
        proposal = plan(own);
      }
      if (!(proposal instanceof Proposal.Take<P> take)) {
        return proposal;
      }
      Proposal.Take<P> before = last;
      candidate = before != null && take.amount().nanos() > amount ? before : take;
      return candidate;
    }

    private Proposal<P> plan(Standing standing) {
      return PendingCall.propose(planner, standing, callId);
    }

    private List<BudgetStanding> others(BudgetStanding own) {
      List<BudgetStanding> all = new ArrayList<>(accounts.size());
      for (int i = 0; i < accounts.size(); i++) {
        BudgetStanding known = i == taken.size() ? own : accounts.get(i).share();
        if (known != null) {
          all.add(known);
        }
      }
      return all;
    }

    @Override
    public void decided(Verdict verdict) {
      switch (verdict) {
        case Verdict.Refuse refusal -> refuse(refusal.code(), refusal.message());
        case Verdict.Grant grant -> {
          settleOn(candidate);
          taken.add(new Hold.Part(accounts.get(taken.size()), grant.lease()));
          Money remaining = grant.remaining();
          if (remaining != null && (least == null || remaining.compareTo(least) < 0)) {
            least = remaining;
          }
          next();
        }
      }
    }

    private void settleOn(Proposal.@Nullable Take<P> take) {
      if (take == null) {
        return;
      }
      long needed = take.amount().nanos();
      if (!taken.isEmpty() && needed < amount) {
        giveBack(amount - needed);
      }
      last = take;
      amount = needed;
    }
  }
}
