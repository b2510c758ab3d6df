package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One process of a node. Accounts, protocols, slices, pending calls and admissions are
 * production's; what is threads and SQL there ({@link Accounts}, {@link Aftermath}) is told again
 * here, as events and statements of the model.
 */
final class SimulatedProcess implements Account.Surroundings {

  private static final int RENEW_EVERY = 3;

  /** As {@code Accounts} and {@code LeaseFolding} do, but sooner: a run is a minute. */
  private static final Duration IDLE = Duration.ofSeconds(3);

  private static final Duration FOLD = Duration.ofSeconds(5);

  final String name;
  final SimulatedDisk disk;
  final Node node;
  boolean alive = true;
  long pausedUntil;

  private final SimulatedWorld world;
  private final long rate;
  private final Map<UUID, Account> accounts = new LinkedHashMap<>();
  private final Admissions admissions;
  private final SimulatedCommits commits;
  private final List<OpenHold> left;
  private final LastRun lastRun;
  private boolean superseded;
  private boolean matched;
  private boolean vouched;
  private int beats;

  /**
   * @param rate how much faster its clock goes than the database's, in millionths
   */
  SimulatedProcess(SimulatedWorld world, String name, SimulatedDisk disk, Node node, long rate) {
    this.world = world;
    this.name = name;
    this.disk = disk;
    this.node = node;
    this.rate = rate;
    this.left = disk.open();
    this.lastRun = disk.lastRun(node.batch());
    if (!lastRun.table() || !lastRun.journal()) {
      disk.doubt(node.epoch());
    }
    this.admissions = new Admissions(disk, () -> {}, clock(), (_, _) -> {});
    this.commits = new SimulatedCommits(world, this);
    world.after(Heartbeat.BEAT.toNanos(), this, "beat", this::beat);
    world.after(Heartbeat.SWEEP.toNanos(), this, null, this::sweep);
    commits.pump();
  }

  @Override
  public String toString() {
    return name;
  }

  // What accounts need
  // -------------------------------------------------------------------------------

  @Override
  public Clock clock() {
    return new Clock() {
      @Override
      public Instant now() {
        return Instant.EPOCH.plusNanos(world.now());
      }

      @Override
      public long nanoTime() {
        return world.now() + world.now() / 1_000_000 * rate;
      }
    };
  }

  @Override
  public void later(long nanos, Runnable task) {
    world.after(nanos - nanos / 1_000_000 * rate + 1_000, this, null, task);
  }

  @Override
  public void carry(Account account, Effect.Request request) {
    long before = clock().nanoTime();
    world.query(
        this,
        account.budget().getLeastSignificantBits() + " " + request.getClass().getSimpleName(),
        () -> reply(account.budget(), request, before),
        answer -> {
          Reply reply = answer == null ? new Reply.Lost() : answer;
          account.answer(reply);
          if (reply instanceof Reply.Recalled(long leases) && leases > 0) {
            world.recalled(this, account.budget());
          }
        });
  }

  @Override
  public void distrust() {
    commits.distrust();
  }

  /** What {@link LeaseStore} makes of the answers. */
  private Reply reply(UUID budget, Effect.Request request, long before) {
    StoreModel store = world.store();
    long expires = before + SimulatedWorld.LIFETIME.toNanos();
    return switch (request) {
      case Effect.Open _ -> {
        Opened opened = store.open(node, budget, before);
        yield opened == null ? new Reply.Behind() : new Reply.Open(opened, expires);
      }
      case Effect.Ask ask -> {
        StoreModel.Asked asked = store.ask(node, budget, ask.lease().id(), ask, before);
        Reply obstacle = obstacle(asked.outcome());
        yield obstacle == null
            ? new Reply.Given(asked.given(), asked.reading(), expires)
            : obstacle;
      }
      case Effect.Return back -> {
        StoreModel.Given given = store.giveBack(node, budget, back.lease().id(), back);
        Reply obstacle = obstacle(given.outcome());
        yield obstacle == null ? new Reply.Returned(given.closed()) : obstacle;
      }
      case Effect.Recall _ -> new Reply.Recalled(store.recall(node, budget));
    };
  }

  private static @Nullable Reply obstacle(String outcome) {
    return switch (outcome) {
      case "ok" -> null;
      case "gone" -> new Reply.Gone();
      default -> new Reply.Behind();
    };
  }

  // Calls
  // --------------------------------------------------------------------------------------------

  /** A call comes in that must be granted by {@code budgets}. */
  void admit(SimulatedCall call) {
    if (superseded || commits.replaying()) {
      call.refused("unavailable");
      return;
    }
    List<Account> chain =
        call.budgets().stream().map(id -> accounts.computeIfAbsent(id, this::account)).toList();
    admissions
        .ask(
            SimulatedWorld.SCOPE,
            call.id(),
            1,
            _ -> new Proposal.Take<>(new Money(call.amount()), call),
            chain)
        .onSuccess(admission -> {
          switch (admission) {
            case Admission.Granted<SimulatedCall> granted -> {
              if (superseded) {
                throw new AssertionError(name + " is superseded, and grants");
              }
              world.granted(this, granted);
            }
            case Admission.Refused<SimulatedCall> refused -> {
              call.refused(refused.code().toString());
              world.refused(call, refused);
            }
          }
        });
  }

  private Account account(UUID budget) {
    return new Account(budget, SimulatedWorld.CONFIG, this);
  }

  void release(Hold hold) {
    hold.end();
    admissions.release(hold);
  }

  void settle(Hold hold, SimulatedCall call, long cost) {
    hold.end();
    for (Hold.Part part : hold.parts()) {
      part.account().settled(part.lease(), hold.amount().nanos(), cost);
    }
    commits.append(hold, call, cost);
  }

  void ended(Hold hold) {
    admissions.ended(hold);
  }

  // What goes on by itself, as in Accounts
  // -----------------------------------------------------------

  void supersede() {
    if (!superseded) {
      superseded = true;
      world.superseded(this);
    }
    accounts.values().forEach(Account::supersede);
  }

  void startOver() {
    accounts.values().forEach(Account::startOver);
  }

  void recall(UUID budget) {
    Account account = accounts.get(budget);
    if (account != null) {
      account.recall();
    }
  }

  private void sweep() {
    world.after(Heartbeat.SWEEP.toNanos(), this, null, this::sweep);
    commits.secure();
  }

  private record Seen(
      @Nullable Long batch,
      Map<UUID, Reading> readings,
      List<UUID> recalled,
      Map<Long, Long> leases) {}

  private void beat() {
    world.after(Heartbeat.BEAT.toNanos(), this, "beat", this::beat);
    boolean renew = beats++ % RENEW_EVERY == 0;
    long acknowledged = commits.acknowledged();
    long before = clock().nanoTime();
    Map<Account, List<Lease>> leases = new LinkedHashMap<>();
    Map<Long, Long> requests = new HashMap<>();
    for (Account account : accounts.values()) {
      leases.put(account, account.leases());
      account.leases().forEach(lease -> requests.put(lease.id(), lease.request));
    }
    world.query(
        this,
        "read",
        () -> read(leases.keySet(), before),
        readings -> {
          if (readings == null) {
            looked(null, leases, renew, requests, acknowledged, before);
          } else {
            long renewed = clock().nanoTime();
            world.query(
                this,
                "look",
                () -> look(readings, renew ? requests.keySet() : Set.of()),
                seen -> looked(seen, leases, renew, requests, acknowledged, renewed));
          }
        });
  }

  private void looked(
      @Nullable Seen seen,
      Map<Account, List<Lease>> leases,
      boolean renew,
      Map<Long, Long> requests,
      long acknowledged,
      long before) {
    if (seen != null) {
      seen(seen, leases, renew, requests, acknowledged, before);
    }
    List.copyOf(accounts.values()).forEach(Account::tick);
    if (commits.idle()) {
      accounts.values().removeIf(account -> account.retire(IDLE.toNanos()));
    }
    if (!superseded && !commits.replaying()) {
      aftermath();
    }
    world.query(this, "fold", () -> world.store().fold(FOLD.toNanos(), _ -> false), _ -> {});
  }

  private Seen look(Map<UUID, Reading> readings, Set<Long> renew) {
    StoreModel store = world.store();
    Long batch = store.touch(node);
    Map<Long, Long> renewed = batch == null ? Map.of() : store.renew(node, renew);
    return new Seen(batch, readings, store.recalled(node), renewed);
  }

  private Map<UUID, Reading> read(Collection<Account> some, long before) {
    StoreModel store = world.store();
    store.rollAll();
    Map<UUID, Reading> readings = new LinkedHashMap<>();
    for (Account account : some) {
      readings.put(account.budget(), store.reading(account.budget(), node, before));
    }
    return readings;
  }

  private void seen(
      Seen seen,
      Map<Account, List<Lease>> leases,
      boolean renew,
      Map<Long, Long> requests,
      long acknowledged,
      long before) {
    Long batch = seen.batch();
    if (batch == null) {
      commits.distrust();
    } else if (batch < acknowledged) {
      commits.fellBehind(batch);
    } else {
      long expires = before + SimulatedWorld.LIFETIME.toNanos();
      leases.forEach((account, held) -> {
        if (renew) {
          held.forEach(lease -> found(account, lease, requests, seen, expires));
        }
        account.read(seen.readings().get(account.budget()));
      });
      seen.recalled().forEach(this::recall);
    }
  }

  private void found(
      Account account, Lease lease, Map<Long, Long> requests, Seen seen, long expires) {
    Long request = seen.leases().get(lease.id());
    if (request == null) {
      account.gone(lease);
    } else if (request < requests.getOrDefault(lease.id(), 0L)) {
      commits.distrust();
    } else {
      account.renewed(List.of(lease), expires);
    }
  }

  // As in Aftermath
  // ----------------------------------------------------------------------------------

  private void aftermath() {
    Set<Long> inUse =
        accounts.values().stream()
            .flatMap(account -> account.leases().stream())
            .map(Lease::id)
            .collect(Collectors.toSet());
    ask(
        "freeze",
        () -> world.store().freeze(Aftermath.SKEW.toNanos()),
        _ -> {
          if (matched) {
            frozen(inUse);
          } else {
            match(() -> frozen(inUse));
          }
        });
  }

  /** Goes on only with an answer: what fails is looked at again with the next beat. */
  private <T> void ask(
      String what, java.util.function.Supplier<T> statement, java.util.function.Consumer<T> then) {
    world.query(
        this,
        what,
        statement,
        answer -> {
          if (answer != null) {
            then.accept(answer);
          }
        });
  }

  private void match(Runnable then) {
    ask(
        "match",
        () ->
            left.stream()
                .filter(hold -> world.store().charged(hold.call(), hold.attempt()) != null)
                .toList(),
        charged -> {
          charged.forEach(this::forget);
          matched = true;
          then.run();
        });
  }

  private void forget(OpenHold hold) {
    if (disk.has(hold)) {
      disk.close(hold.slot());
    }
  }

  private void frozen(Set<Long> inUse) {
    ask(
        "frozen",
        () -> List.copyOf(world.store().unresolved(node)),
        ours -> {
          Map<Long, Long> open = LastRun.byLease(disk.open());
          for (StoreModel.Row lease : ours) {
            if (!inUse.contains(lease.id)) {
              LastRun.Remainder remainder =
                  lastRun.remainder(lease.epoch < node.epoch(), open.getOrDefault(lease.id, 0L));
              ask(
                  "reverse " + lease.id,
                  () ->
                      world.store().reverse(node, lease.id, remainder.keep(), remainder.resolved()),
                  _ -> {});
            }
          }
          if (!vouched && ours.isEmpty()) {
            ask(
                "past",
                () -> world.store().noneIsPast(node),
                none -> {
                  if (none) {
                    new ArrayList<>(left).forEach(this::forget);
                    disk.vouch();
                    vouched = true;
                  }
                });
          }
        });
  }

  /** The journal is replayed. */
  void replayed() {
    match(() -> {});
  }

  // At the end
  // ----------------------------------------------------------------------------------------

  /** Gives everything back that is free, and takes no more. */
  void close() {
    accounts.values().forEach(Account::close);
  }

  boolean quiet() {
    return commits.idle();
  }
}
