package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One budget on this node: what the fast path takes money from, and the {@link LeaseProtocol} with
 * what it needs of the world.
 *
 * <p>Lock: {@code lock} guards the protocol and is held for computing alone; effects are carried
 * out after it is let go. Planners of waiting calls run under it. No two locks of accounts are ever
 * held together.
 */
final class Account {

  private final UUID budget;
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
  // Raced for: whoever sees another's, or none, makes an equal one.
  private Hold.@Nullable Part part;
  // Opaque on the fast path: an account is retired by minutes, and never while it has a gate.
  private final AtomicLong usedAt;
  private @Nullable Long wakesAt;

  /** What an account uses of the room it is in. */
  interface Surroundings {

    Clock clock();

    /** Asks PostgreSQL and brings the answer to {@link Account#answer}; does not block. */
    void carry(Account account, Effect.Request request);

    /** The database does not know what this node did: nothing leased from it is good any more. */
    void distrust();

    /** Runs {@code task} after {@code nanos}. */
    void later(long nanos, Runnable task);
  }

  /**
   * How the budget was when it was last known.
   *
   * @param lease this node's own, whose settlements the reading does not count; null: none yet
   */
  record View(Reading reading, @Nullable Lease lease) {

    BudgetStanding share() {
      return reading.share(lease == null ? 0 : lease.slice().settled());
    }
  }

  Account(UUID budget, SpendConfig config, Surroundings around) {
    this.budget = budget;
    this.around = around;
    long now = around.clock().nanoTime();
    this.usedAt = new AtomicLong(now);
    this.protocol = new LeaseProtocol(config.heldWait().toNanos(), config.waiters(), now);
  }

  UUID budget() {
    return budget;
  }

  /** What may be taken from without a lock, while it is open; null: wait in line. */
  @Nullable Gate gate() {
    return waiting ? null : gate;
  }

  /**
   * Whether {@code lease} is this node's at {@code now} for certain; the account is in use then.
   */
  boolean holds(Lease lease, long now) {
    usedAt.setOpaque(now);
    return lease.holds(now);
  }

  /** What a hold has of this budget; one object a lease, as far as that is cheap. */
  Hold.Part part(Lease lease) {
    Hold.Part known = part;
    if (known == null || known.lease() != lease) {
      known = new Hold.Part(this, lease);
      part = known;
    }
    return known;
  }

  /** Takes {@code nanos} if they are free, and sees to it that there will be more. */
  boolean take(Gate open, long nanos) {
    Slice slice = open.lease().slice();
    if (nanos > 0 && !slice.take(nanos)) {
      return false;
    }
    if (slice.free() < open.lowWater() && !lock.isLocked()) {
      command(protocol::runsLow);
    }
    return true;
  }

  /**
   * Lets a call wait in line.
   *
   * @return false when this account is out of use
   */
  boolean enqueue(Waiter waiter) {
    command(now -> {
      if (!retired) {
        usedAt.set(now);
        waiting = true;
        protocol.admit(waiter, now);
      }
    });
    return !retired;
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
        case Reply.Unknown _ -> protocol.unknown(now);
        case Reply.Given given ->
            protocol.given(given.amount(), given.reading(), given.expires(), now);
        case Reply.Returned returned -> protocol.returned(returned.closed(), now);
        case Reply.Recalled recalled -> protocol.recalled(recalled.leases(), now);
        case Reply.Gone _ -> protocol.gone(now);
        case Reply.Behind _ -> protocol.behind(now);
        case Reply.Lost _ -> protocol.lost(now);
      }
    });
  }

  /** How the budget was found in passing; null: there is none any more. */
  void read(@Nullable Reading reading) {
    command(now -> protocol.read(reading, now));
  }

  /** These leases of it are good until {@code expires}. */
  void renewed(List<Lease> leases, long expires) {
    command(now -> leases.forEach(lease -> protocol.renewed(lease, expires)));
  }

  /** This lease of it was frozen. */
  void gone(Lease lease) {
    command(now -> protocol.gone(lease, now));
  }

  /** Another node needs what is free here. */
  void recall() {
    command(protocol::recall);
  }

  /** The database does not know its leases: it was restored. */
  void startOver() {
    command(protocol::startOver);
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

  /**
   * Takes the account out of use if nothing is in it and nobody used it for {@code nanos}; a lease
   * that it still has is given back first, and the account stays until that is done.
   */
  boolean retire(long nanos) {
    command(now -> {
      boolean unused = protocol.idle() && now - usedAt.get() > nanos;
      if (unused && protocol.holding().lease() != null) {
        protocol.leave(now);
      } else {
        retired = unused;
      }
    });
    return retired;
  }

  boolean retired() {
    return retired;
  }

  /** How the budget was when it was last known; null: it never was. */
  @Nullable View view() {
    return view;
  }

  /** How it stands, as far as is known. */
  @Nullable BudgetStanding share() {
    View known = view;
    return known == null ? null : known.share();
  }

  /** limit − settled; null: unlimited. */
  @Nullable Money remaining() {
    BudgetStanding known = share();
    return known == null ? Money.ZERO : known.remaining();
  }

  private void command(LongConsumer command) {
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
      case Effect.Decide decision -> decision.waiter().decided(decision.verdict());
      case Effect.Distrust _ -> around.distrust();
      case Effect.Request request -> around.carry(this, request);
    }
  }
}
