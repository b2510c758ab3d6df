package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.tenancy.OrgScope;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One organization's budget on this node: the fast path that takes money from memory, and the
 * {@link LeaseProtocol} with what it needs of the world.
 *
 * <p>Lock: {@code lock} guards the protocol and is held for computing alone; effects are carried
 * out after it is let go. Planners of waiting calls run under it.
 */
final class Account {

  private final UUID organization;
  private final Surroundings around;
  private final ReentrantLock lock = new ReentrantLock();
  private final LeaseProtocol protocol;

  /** What the fast path takes from; null: closed. */
  private volatile @Nullable Gate gate;

  /**
   * Raised before a call looks for money in vain, so that whoever frees some after that sees it.
   */
  private volatile boolean waiting;

  private volatile @Nullable View view;
  private volatile boolean retired;
  private volatile long usedAt;
  private @Nullable Long wakesAt;

  /** What an account uses of the room it is in. */
  interface Surroundings {

    Clock clock();

    /** Asks PostgreSQL and brings the answer to {@link Account#answer}; does not block. */
    void carry(Account account, Effect.Request request);

    /** Runs {@code task} after {@code nanos}. */
    void later(long nanos, Runnable task);

    /** A call was decided. */
    void decided(UUID organization, Admission<?> admission);
  }

  /**
   * How the budget was when it was last known.
   *
   * @param lease this node's own, whose settlements the reading does not count; null: none yet
   */
  record View(Reading reading, @Nullable Lease lease) {

    Standing standing() {
      return reading.standing(lease == null ? 0 : lease.slice().settled());
    }
  }

  Account(UUID organization, SpendConfig config, Surroundings around) {
    this.organization = organization;
    this.around = around;
    this.usedAt = around.clock().nanoTime();
    this.protocol = new LeaseProtocol(config.heldWait().toNanos(), config.waiters(), usedAt);
  }

  UUID organization() {
    return organization;
  }

  /**
   * Asks for money.
   *
   * @return null when this account is out of use: ask its successor
   */
  <P> @Nullable Future<Admission<P>> admit(
      OrgScope scope, UUID callId, int attempt, Proposal.Planner<P> planner) {
    long now = around.clock().nanoTime();
    usedAt = now;
    Gate open = gate;
    if (open != null && !waiting && open.expires() - now > 0) {
      Admission<P> admission = atOnce(scope, callId, attempt, planner, open, now);
      if (admission != null) {
        around.decided(organization, admission);
        return Future.succeededFuture(admission);
      }
    }
    return queue(new PendingCall<>(scope, callId, attempt, planner, this, now), now);
  }

  /** Decides out of memory, without a lock; null where that is not enough. */
  private <P> @Nullable Admission<P> atOnce(
      OrgScope scope, UUID callId, int attempt, Proposal.Planner<P> planner, Gate open, long now) {
    Standing standing = open.standing();
    return switch (PendingCall.propose(planner, standing, callId)) {
      case Proposal.Take<P> take ->
          take(take.amount(), open, standing)
              ? new Admission.Granted<>(
                  new Hold(scope, callId, attempt, take.amount(), this, open.lease()),
                  take.plan(),
                  standing.remaining())
              : null;
      case Proposal.Refuse<P> refusal ->
          LeaseProtocol.forMoney(refusal.code()) && !open.reading().serves(now, now)
              ? null
              : new Admission.Refused<>(refusal.code(), refusal.message());
    };
  }

  private boolean take(Money amount, Gate open, Standing standing) {
    Slice slice = open.lease().slice();
    if (amount.nanos() > 0 && (!standing.admits(amount) || !slice.take(amount.nanos()))) {
      return false;
    }
    if (slice.free() < open.lowWater() && !lock.isLocked()) {
      command(protocol::runsLow);
    }
    return true;
  }

  private <P> @Nullable Future<Admission<P>> queue(PendingCall<P> call, long now) {
    command(at -> {
      if (!retired) {
        waiting = true;
        protocol.admit(call, now);
      }
    });
    return retired ? null : call.future();
  }

  /** A hold ended at {@code cost}. */
  void settled(Lease lease, long held, long cost) {
    long excess = lease.slice().settle(held, cost);
    if (excess > 0) {
      command(now -> protocol.exceeded(lease, excess, now));
    } else if (waiting) {
      command(protocol::moved);
    }
  }

  /** A hold ended and nothing was spent. */
  void released(Lease lease, long held) {
    lease.slice().put(held);
    if (waiting) {
      command(protocol::moved);
    }
  }

  /** What PostgreSQL said to the request that was carried to it. */
  void answer(Reply reply) {
    command(now -> {
      switch (reply) {
        case Reply.Open open -> protocol.opened(open.opened(), open.expires(), now);
        case Reply.Unknown ignored -> protocol.unknown(now);
        case Reply.Given given ->
            protocol.given(given.amount(), given.reading(), given.expires(), now);
        case Reply.Returned returned -> protocol.returned(returned.closed(), now);
        case Reply.Superseded ignored -> protocol.superseded();
        case Reply.Lost ignored -> protocol.lost(now);
      }
    });
  }

  /** How the budget was found in passing; null: its organization is gone. */
  void read(@Nullable Reading reading) {
    command(now -> protocol.read(reading, now));
  }

  /** These leases of it are good until {@code expires}. */
  void renewed(List<Lease> leases, long expires) {
    command(now -> leases.forEach(lease -> protocol.renewed(lease, expires)));
  }

  void tick() {
    command(protocol::tick);
  }

  void supersede() {
    command(now -> protocol.superseded());
  }

  void close() {
    command(protocol::close);
  }

  /** Its leases: the one in use, and those of windows that are over. */
  List<Lease> leases() {
    lock.lock();
    try {
      return List.copyOf(protocol.holding().leases());
    } finally {
      lock.unlock();
    }
  }

  /** Whether everything that was free is given back. */
  boolean settledUp() {
    lock.lock();
    try {
      return protocol.settledUp();
    } finally {
      lock.unlock();
    }
  }

  /** Takes the account out of use if nothing is in it and nobody used it for {@code nanos}. */
  boolean retire(long nanos) {
    lock.lock();
    try {
      retired = protocol.idle() && around.clock().nanoTime() - usedAt > nanos;
      if (retired) {
        gate = null;
      }
      return retired;
    } finally {
      lock.unlock();
    }
  }

  /** How the budget was when it was last known; null: it never was. */
  @Nullable View view() {
    return view;
  }

  /** limit − settled; null: unlimited. */
  @Nullable Money remaining() {
    View known = view;
    return known == null ? Money.ZERO : known.standing().remaining();
  }

  private void command(Consumer<Long> command) {
    List<Effect> effects;
    lock.lock();
    try {
      long now = around.clock().nanoTime();
      command.accept(now);
      publish();
      effects = protocol.effects();
      schedule(now);
    } finally {
      lock.unlock();
    }
    effects.forEach(this::carryOut);
  }

  private void publish() {
    gate = retired ? null : protocol.gate();
    waiting = protocol.waiting() > 0;
    Reading reading = protocol.holding().reading();
    if (reading != null) {
      view = new View(reading, protocol.holding().lease());
    }
  }

  private void schedule(long now) {
    Long due = protocol.dueAt(now);
    if (due != null && (wakesAt == null || due - wakesAt < 0)) {
      wakesAt = due;
      around.later(Math.max(0, due - now), this::wake);
    }
  }

  private void wake() {
    command(now -> {
      wakesAt = null;
      protocol.moved(now);
    });
  }

  private void carryOut(Effect effect) {
    switch (effect) {
      case Effect.Decide decision -> {
        PendingCall<?> call = (PendingCall<?>) decision.waiter();
        around.decided(organization, call.decide(decision.verdict()));
      }
      case Effect.Request request -> around.carry(this, request);
    }
  }
}
