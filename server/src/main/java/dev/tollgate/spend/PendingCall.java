package dev.tollgate.spend;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.tenancy.OrgScope;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt of a call that asks for money, and what it would do with it. */
final class PendingCall<P> implements Waiter {

  private static final Logger LOG = LoggerFactory.getLogger(PendingCall.class);

  private final OrgScope scope;
  private final UUID callId;
  private final int attempt;
  private final Proposal.Planner<P> planner;
  private final Account account;
  private final long since;
  private final Promise<Admission<P>> promise = Promise.promise();
  private Proposal.@Nullable Take<P> last;

  PendingCall(
      OrgScope scope,
      UUID callId,
      int attempt,
      Proposal.Planner<P> planner,
      Account account,
      long since) {
    this.scope = scope;
    this.callId = callId;
    this.attempt = attempt;
    this.planner = planner;
    this.account = account;
    this.since = since;
  }

  @Override
  public long since() {
    return since;
  }

  @Override
  public Proposal<P> propose(Standing standing) {
    Proposal<P> proposal = propose(planner, standing, callId);
    last = proposal instanceof Proposal.Take<P> take ? take : null;
    return proposal;
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

  Future<Admission<P>> future() {
    return promise.future();
  }

  /** Tells the caller. */
  Admission<P> decide(Verdict verdict) {
    Admission<P> admission = admission(verdict);
    promise.complete(admission);
    return admission;
  }

  private Admission<P> admission(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Refuse refusal -> new Admission.Refused<>(refusal.code(), refusal.message());
      case Verdict.Grant grant -> {
        Proposal.Take<P> take = last;
        if (take == null) {
          throw new IllegalStateException("granted what call " + callId + " did not ask for");
        }
        Hold hold = new Hold(scope, callId, attempt, take.amount(), account, grant.lease());
        yield new Admission.Granted<>(hold, take.plan(), grant.remaining());
      }
    };
  }
}
