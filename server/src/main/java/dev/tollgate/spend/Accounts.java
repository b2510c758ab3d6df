package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.tenancy.OrgScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The budgets that are active on this node, and what keeps them up to date. */
final class Accounts implements Account.Surroundings {

  private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);

  private static final int CHUNK = 1_000;
  private static final Duration IDLE = Duration.ofMinutes(1);

  private final ConcurrentHashMap<UUID, Account> accounts = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<UUID, BudgetSet> sets = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final Clock clock;
  private final SpendConfig config;
  private final LeaseStore store;
  private final BudgetPoll poll;
  private final ScheduledExecutorService timer;
  private final News news;
  private final int renewEvery;
  private int beats;
  private volatile boolean superseded;
  private volatile boolean polled = true;

  /** What is heard here and concerns others. */
  interface News {

    /** Leases of a budget on other nodes were called back. */
    void recalled(UUID budget);

    /** The last batch that the database must have of this node. */
    long acknowledged();

    /**
     * The database lacks commits of this node: it was restored.
     *
     * @param batch the last one that it has
     */
    void behind(long batch);

    /**
     * The database does not know what this node did: it was restored, or another process runs under
     * the node's id.
     */
    void distrusted();
  }

  Accounts(
      Clock clock,
      SpendConfig config,
      LeaseStore store,
      BudgetPoll poll,
      ScheduledExecutorService timer,
      News news) {
    this.clock = clock;
    this.config = config;
    this.store = store;
    this.poll = poll;
    this.timer = timer;
    this.news = news;
    this.renewEvery = (int) Math.max(1, config.leaseLifetime().toSeconds() / 3);
  }

  // Which budgets concern a call
  // -----------------------------------------------------------------------

  /** What {@link #of} found. */
  sealed interface Resolution {
    record Found(List<Account> accounts) implements Resolution {}

    /** The organization's budgets are not in memory: {@link #load} them. */
    record Unknown() implements Resolution {}

    /** This node has as many accounts as it may. */
    record Crowded() implements Resolution {}
  }

  private static final Resolution UNKNOWN = new Resolution.Unknown();
  private static final Resolution CROWDED = new Resolution.Crowded();

  /** The accounts that a call must be granted by; from memory alone. */
  Resolution of(OrgScope scope) {
    BudgetSet set = sets.get(scope.organizationId());
    if (set == null) {
      return UNKNOWN;
    }
    List<Account> found = set.resolve(scope, this::open);
    return found == null ? CROWDED : new Resolution.Found(found);
  }

  /**
   * Reads an organization's budgets; blocks.
   *
   * @return whether it has any
   */
  boolean load(UUID organization) {
    long before = clock.nanoTime();
    BudgetSet set = poll.sets(List.of(organization)).get(organization);
    keep(organization, set, before);
    return set != null;
  }

  /**
   * Keeps what was read, unless what is known was asked for later: then it has every change that
   * this has.
   *
   * @param set null: the organization has no budgets
   * @param before a monotonic reading before PostgreSQL was asked
   */
  private void keep(UUID organization, @Nullable BudgetSet set, long before) {
    sets.compute(
        organization, (_, known) -> known != null && known.at() - before > 0 ? known : set);
  }

  private @Nullable Account open(UUID budget) {
    Account known = accounts.get(budget);
    if (known != null) {
      return known;
    }
    return accounts.computeIfAbsent(
        budget,
        id -> {
          if (count.incrementAndGet() > config.accounts()) {
            count.decrementAndGet();
            return null;
          }
          return new Account(id, config, this);
        });
  }

  /** The account of a budget, if it is active here. */
  @Nullable Account active(UUID budget) {
    return accounts.get(budget);
  }

  /** The account of an organization as a whole, if it is active here. */
  @Nullable Account whole(UUID organization) {
    BudgetSet set = sets.get(organization);
    return set == null ? null : accounts.get(set.whole());
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
          Reply reply = store.ask(account.budget(), request);
          account.answer(reply);
          if (reply instanceof Reply.Recalled(long leases) && leases > 0) {
            news.recalled(account.budget());
          }
        });
  }

  @Override
  public void distrust() {
    news.distrusted();
  }

  @Override
  public void later(long nanos, Runnable task) {
    if (!timer.isShutdown()) {
      var _ = timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }
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

  /** The database was restored: nothing that was leased from it is good any more. */
  void startOver() {
    sets.clear();
    accounts.values().forEach(Account::startOver);
  }

  /**
   * Reads every active budget, renews what is leased, and lets accounts learn and give back.
   *
   * @param busy whether a charge waits for its commit longer than it is given
   */
  void beat(boolean busy) {
    List<Account> active = new ArrayList<>(accounts.values());
    boolean renew = beats++ % renewEvery == 0;
    try {
      for (int from = 0; from == 0 || from < active.size(); from += CHUNK) {
        look(active.subList(from, Math.min(active.size(), from + CHUNK)), renew);
      }
      reload();
      polled = true;
    } catch (RuntimeException e) {
      polled = false;
      LOG.debug("budgets could not be read", e);
    }
    active.forEach(Account::tick);
    if (!busy) {
      active.stream().filter(account -> account.retire(IDLE.toNanos())).forEach(this::forget);
      sets.values().removeIf(set -> !accounts.containsKey(set.whole()));
    }
  }

  private void forget(Account account) {
    if (accounts.remove(account.budget(), account)) {
      count.decrementAndGet();
    }
  }

  /** Learns of budgets that were made or removed. */
  private void reload() {
    if (sets.isEmpty()) {
      return;
    }
    Map<UUID, Long> versions = poll.versions(List.copyOf(sets.keySet()));
    List<UUID> changed =
        sets.values().stream()
            .filter(set -> versions.getOrDefault(set.organization(), -1L) != set.version())
            .map(BudgetSet::organization)
            .toList();
    if (!changed.isEmpty()) {
      long before = clock.nanoTime();
      Map<UUID, BudgetSet> found = poll.sets(changed);
      changed.forEach(organization -> keep(organization, found.get(organization), before));
    }
  }

  /** Brings the budgets of an organization up to date, if it is active here. */
  void refresh(UUID organization) {
    BudgetSet set = sets.get(organization);
    if (set != null && load(organization)) {
      List<Account> its =
          Stream.of(set.keys().values(), set.projects().values(), set.users().values())
              .flatMap(Collection::stream)
              .map(accounts::get)
              .filter(Objects::nonNull)
              .collect(Collectors.toCollection(ArrayList::new));
      Account whole = accounts.get(set.whole());
      if (whole != null) {
        its.add(whole);
      }
      look(its, false);
    }
  }

  private void look(List<Account> some, boolean renew) {
    long acknowledged = news.acknowledged();
    Map<Account, List<Lease>> leases = new HashMap<>();
    Map<Long, Long> requests = new HashMap<>();
    for (Account account : some) {
      List<Lease> held = account.leases();
      leases.put(account, held);
      held.forEach(lease -> requests.put(lease.id(), lease.request));
    }
    BudgetPoll.Seen seen =
        poll.look(
            some.stream().map(Account::budget).toList(),
            renew ? requests.keySet().stream().sorted().toList() : List.of());
    if (seen.superseded()) {
      news.distrusted();
      return;
    }
    if (seen.batch() < acknowledged) {
      news.behind(seen.batch());
      return;
    }
    leases.forEach((account, held) -> {
      if (renew) {
        held.forEach(lease -> found(account, lease, requests, seen));
      }
      account.read(seen.readings().get(account.budget()));
    });
    seen.recalled().forEach(this::recall);
  }

  private void found(Account account, Lease lease, Map<Long, Long> requests, BudgetPoll.Seen seen) {
    Long request = seen.leases().get(lease.id());
    if (request == null) {
      account.gone(lease);
    } else if (request < requests.getOrDefault(lease.id(), 0L)) {
      news.distrusted();
    } else {
      account.renewed(List.of(lease), seen.expires());
    }
  }

  /** Another node needs what is free of a budget here. */
  void recall(UUID budget) {
    Account account = accounts.get(budget);
    if (account != null) {
      account.recall();
    }
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
