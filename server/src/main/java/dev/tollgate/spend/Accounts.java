package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The budgets that are active on this node, and what keeps them up to date. */
final class Accounts implements Account.Surroundings {

  private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);

  private static final int CHUNK = 1_000;
  private static final Duration IDLE = Duration.ofMinutes(1);

  private final ConcurrentHashMap<UUID, Account> accounts = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final Clock clock;
  private final SpendConfig config;
  private final LeaseStore store;
  private final ScheduledExecutorService timer;
  private final Decisions decisions;
  private final int renewEvery;
  private int beats;
  private volatile boolean superseded;
  private volatile boolean polled = true;

  /** Hears what calls are told. */
  interface Decisions {
    void decided(UUID organization, Admission<?> admission);
  }

  Accounts(
      Clock clock,
      SpendConfig config,
      LeaseStore store,
      ScheduledExecutorService timer,
      Decisions decisions) {
    this.clock = clock;
    this.config = config;
    this.store = store;
    this.timer = timer;
    this.decisions = decisions;
    this.renewEvery = (int) Math.max(1, config.leaseLifetime().toSeconds() / 3);
  }

  /** The account of an organization; null: this node has as many as it may. */
  @Nullable Account of(UUID organization) {
    Account account = accounts.get(organization);
    return account != null ? account : open(organization);
  }

  private @Nullable Account open(UUID organization) {
    return accounts.computeIfAbsent(
        organization,
        id -> {
          if (count.incrementAndGet() > config.accounts()) {
            count.decrementAndGet();
            return null;
          }
          return new Account(id, config, this);
        });
  }

  /** The account of an organization, if it is active here. */
  @Nullable Account active(UUID organization) {
    return accounts.get(organization);
  }

  Collection<Account> all() {
    return accounts.values();
  }

  /** Whether another process took this node's place. */
  boolean superseded() {
    return superseded;
  }

  /** Whether the last look at the budgets worked. */
  boolean polled() {
    return polled;
  }

  // What accounts need
  // -------------------------------------------------------------------------------

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public void carry(Account account, Effect.Request request) {
    Thread.ofVirtual()
        .name("spend-lease")
        .start(() -> {
          Reply reply = store.ask(account.organization(), request);
          account.answer(reply);
          if (reply instanceof Reply.Superseded) {
            supersede();
          }
        });
  }

  @Override
  public void later(long nanos, Runnable task) {
    if (!timer.isShutdown()) {
      var _ = timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void decided(UUID organization, Admission<?> admission) {
    decisions.decided(organization, admission);
  }

  // What goes on by itself
  // ---------------------------------------------------------------------------

  /** Stops this node for good: PostgreSQL takes nothing from it any more. */
  void supersede() {
    if (!superseded) {
      superseded = true;
      LOG.error(Refusals.SUPERSEDED);
    }
    accounts.values().forEach(Account::supersede);
  }

  /**
   * Reads every active budget, renews what is leased, and lets accounts learn and give back.
   *
   * @param behind whether a charge waits for its commit longer than it is given
   */
  void beat(Predicate<Duration> behind) {
    List<Account> active = new ArrayList<>(accounts.values());
    boolean renew = beats++ % renewEvery == 0;
    try {
      for (int from = 0; from == 0 || from < active.size(); from += CHUNK) {
        look(active.subList(from, Math.min(active.size(), from + CHUNK)), renew);
      }
      polled = true;
    } catch (RuntimeException e) {
      polled = false;
      LOG.debug("budgets could not be read", e);
    }
    active.forEach(Account::tick);
    if (!behind.test(IDLE)) {
      active.stream().filter(account -> account.retire(IDLE.toNanos())).forEach(this::forget);
    }
  }

  private void forget(Account account) {
    if (accounts.remove(account.organization(), account)) {
      count.decrementAndGet();
    }
  }

  /** Brings one budget up to date, if it is active here. */
  void refresh(UUID organization) {
    Account account = accounts.get(organization);
    if (account != null) {
      look(List.of(account), false);
    }
  }

  private void look(List<Account> some, boolean renew) {
    Map<Account, List<Lease>> leases = new HashMap<>();
    some.forEach(account -> leases.put(account, renew ? account.leases() : List.of()));
    LeaseStore.Poll poll =
        store.poll(
            some.stream().map(Account::organization).toList(),
            leases.values().stream().flatMap(List::stream).map(Lease::id).sorted().toList());
    if (poll.superseded()) {
      supersede();
      return;
    }
    leases.forEach((account, held) -> {
      account.renewed(held, poll.expires());
      account.read(poll.readings().get(account.organization()));
    });
  }

  /** Gives everything back that is free; waits for that no longer than {@code patience}. */
  void close(Duration patience) {
    long deadline = clock.nanoTime() + patience.toNanos();
    accounts.values().forEach(Account::close);
    while (!accounts.values().stream().allMatch(Account::settledUp)
        && deadline - clock.nanoTime() > 0) {
      LockSupport.parkNanos(5_000_000);
    }
  }
}
