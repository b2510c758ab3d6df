package dev.tollgate.spend;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Scopes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Several nodes, one PostgreSQL and their clients, as one queue of events: the seed alone decides
 * what happens and when. After every event the invariants are checked.
 */
final class SimulatedWorld {

  static final OrgScope SCOPE = Scopes.of(new UUID(0, 100));
  static final Duration LIFETIME = Duration.ofSeconds(10);
  static final SpendConfig CONFIG =
      new SpendConfig(
          Duration.ofSeconds(5),
          64,
          Duration.ofSeconds(10),
          65_536,
          8,
          LIFETIME,
          1_000,
          100,
          Duration.ofSeconds(5));

  static final long MILLI = 1_000_000L;
  static final long SECOND = 1_000 * MILLI;

  private static final int TRACED = 80;
  private static final UUID ORGANIZATION = new UUID(0, 1);
  private static final UUID USER = new UUID(0, 2);
  private static final UUID KEY = new UUID(0, 3);
  private static final UUID OTHER_KEY = new UUID(0, 4);
  private static final List<List<UUID>> CHAINS =
      List.of(
          List.of(ORGANIZATION),
          List.of(KEY, ORGANIZATION),
          List.of(OTHER_KEY, USER, ORGANIZATION),
          List.of(KEY, USER, ORGANIZATION));

  /** Something that is due. An event of a process waits while that is paused, and dies with it. */
  private record Event(
      long at, long order, @Nullable SimulatedProcess owner, @Nullable Object what, Runnable run) {}

  /** What the trace tells of a statement; only made into text when it is read. */
  private record Told(String what, String how, @Nullable Object answer) {
    @Override
    public String toString() {
      return what + how + (answer == null ? "" : answer);
    }
  }

  private record Traced(long at, @Nullable SimulatedProcess owner, Object what) {
    @Override
    public String toString() {
      return "%12.6f %s %s".formatted(at / 1e9, owner == null ? "" : owner + ":", what);
    }
  }

  final Random random;
  final SimulatedPlan plan;
  final Map<UUID, SimulatedCall> calls = new LinkedHashMap<>();
  final List<SimulatedProcess> processes = new ArrayList<>();
  final List<SimulatedDisk> disks = new ArrayList<>();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
  private final Deque<Traced> trace = new ArrayDeque<>();
  private final StoreModel store = new StoreModel(LIFETIME);
  private final Map<UUID, Long> limits = new LinkedHashMap<>();
  private long now = SECOND;
  private long order;
  private long awayUntil;
  private int lossy;
  private boolean touched;
  long steps;

  SimulatedWorld(long seed) {
    this(seed, null);
  }

  /**
   * @param given what may happen; null: the seed decides
   */
  SimulatedWorld(long seed, @Nullable SimulatedPlan given) {
    random = new Random(seed * 0x9E3779B97F4A7C15L);
    plan = given == null ? SimulatedPlan.of(random) : given;
    store.at(now);
    budget(ORGANIZATION, random.nextLong(5_000, 40_000), 0);
    budget(USER, random.nextLong(5_000, 20_000), plan.windows() ? 37 * SECOND : 0);
    budget(KEY, random.nextLong(3_000, 20_000), plan.windows() ? 23 * SECOND : 0);
    store.budget(OTHER_KEY, null, 0);
    for (int at = 0; at < plan.nodes(); at++) {
      SimulatedDisk disk = new SimulatedDisk(new UUID(1, at));
      disks.add(disk);
      start(disk);
    }
  }

  private void budget(UUID id, long limit, long period) {
    store.budget(id, limit, period);
    limits.put(id, limit);
  }

  // Time
  // ---------------------------------------------------------------------------------------------

  long now() {
    return now;
  }

  StoreModel store() {
    touched = true;
    return store;
  }

  void after(long delay, @Nullable SimulatedProcess owner, @Nullable Object what, Runnable run) {
    events.add(new Event(now + Math.max(delay, 0), order++, owner, what, run));
  }

  /** Runs what is due until {@code until}. */
  void run(long until) {
    while (!events.isEmpty() && events.element().at() <= until) {
      Event event = events.remove();
      now = event.at();
      store.at(now);
      SimulatedProcess owner = event.owner();
      if (owner != null && !owner.alive) {
        continue;
      }
      if (owner != null && owner.pausedUntil > now) {
        events.add(new Event(owner.pausedUntil, event.order(), owner, event.what(), event.run()));
        continue;
      }
      Object what = event.what();
      if (what != null) {
        trace(owner, what);
      }
      steps++;
      event.run().run();
      check();
    }
    now = until;
    store.at(now);
  }

  void trace(String what) {
    trace(null, what);
  }

  private void trace(@Nullable SimulatedProcess owner, Object what) {
    if (trace.size() == TRACED) {
      trace.remove();
    }
    trace.add(new Traced(now, owner, what));
  }

  /** The end of what happened. */
  String trace() {
    return plan + "\n" + trace.stream().map(Traced::toString).collect(Collectors.joining("\n"));
  }

  // PostgreSQL
  // ---------------------------------------------------------------------------------------

  /**
   * Carries a statement there and its answer back. Null: none came, and whether it was done is not
   * known to who asked.
   */
  <T> void query(
      SimulatedProcess from, String what, Supplier<T> statement, Consumer<@Nullable T> answer) {
    after(
        latency(),
        null,
        new Told(from.name, " -> ", what),
        () -> {
          boolean lostOnTheWay = random.nextInt(1_000) < lossy;
          if (awayUntil > now || lostOnTheWay) {
            after(latency(), from, new Told(what, " is lost", null), () -> answer.accept(null));
            if (lostOnTheWay && plan.stragglers() && random.nextInt(4) == 0) {
              after(
                  random.nextLong(3 * SECOND),
                  null,
                  new Told(what, " is done late", null),
                  () -> late(statement));
            }
            return;
          }
          T done = statement.get();
          if (random.nextInt(1_000) < lossy) {
            after(
                latency(),
                from,
                new Told(what, ": its answer is lost", null),
                () -> answer.accept(null));
          } else {
            after(latency(), from, new Told(what, " <- ", done), () -> answer.accept(done));
          }
        });
  }

  /** Who asked has given it up, and hears nothing. */
  private static <T> void late(Supplier<T> statement) {
    var _ = statement.get();
  }

  private long latency() {
    return random.nextInt(200) == 0
        ? random.nextLong(2 * SECOND)
        : random.nextLong(MILLI / 10, 4 * MILLI);
  }

  void away(long nanos) {
    awayUntil = Math.max(awayUntil, now + nanos);
  }

  /** PostgreSQL answers again, and no answer is lost. */
  void heal() {
    awayUntil = now;
    lossy = 0;
  }

  void lossy(int perMille) {
    lossy = perMille;
  }

  /** Redis tells all others. */
  void recalled(SimulatedProcess by, UUID budget) {
    for (SimulatedProcess each : processes) {
      if (!each.equals(by) && random.nextBoolean()) {
        after(latency(), each, "recall", () -> each.recall(budget));
      }
    }
  }

  // Processes
  // ----------------------------------------------------------------------------------------

  /** A process registers; tries until it can. */
  void start(SimulatedDisk disk) {
    if (awayUntil > now) {
      after(SECOND / 2, null, null, () -> start(disk));
      return;
    }
    if (running(disk) != null) {
      return;
    }
    StoreModel.NodeRow row = store().register(disk.node);
    Node node = new Node(disk.node, row.epoch(), row.batch(), "", true);
    String name = "node %d.%d".formatted(disk.node.getLeastSignificantBits(), row.epoch());
    long rate = plan.skewed() ? random.nextLong(-10_000, 10_001) : 0;
    processes.add(new SimulatedProcess(this, name, disk, node, rate));
    trace(name + " starts");
  }

  @Nullable SimulatedProcess running(SimulatedDisk disk) {
    for (SimulatedProcess process : processes) {
      if (process.disk.equals(disk)) {
        return process;
      }
    }
    return null;
  }

  void kill(SimulatedDisk disk, boolean machine) {
    SimulatedProcess process = running(disk);
    if (process != null) {
      process.alive = false;
      processes.remove(process);
      trace(process + (machine ? ": its machine crashes" : " is killed"));
    }
    if (machine) {
      disk.crashed(random);
    } else {
      disk.killed();
    }
  }

  /** A process takes itself for superseded, and its operator starts it again. */
  void superseded(SimulatedProcess process) {
    after(
        random.nextLong(5 * SECOND),
        process,
        "is superseded",
        () -> {
          if (hasTwin(process)) {
            stop(process);
          } else {
            kill(process.disk, false);
            start(process.disk);
          }
        });
  }

  /** Somebody copies a node's data while it runs, and starts a second process on it. */
  SimulatedProcess copy(SimulatedDisk disk) {
    SimulatedDisk copy = disk.copy();
    disks.add(copy);
    start(copy);
    SimulatedProcess second = Objects.requireNonNull(running(copy));
    // What the first one held when it was copied may have ended there since.
    copy.doubt(second.node.epoch());
    return second;
  }

  private boolean hasTwin(SimulatedProcess process) {
    return processes.stream()
        .anyMatch(each -> !each.equals(process) && each.node.id().equals(process.node.id()));
  }

  /**
   * Of two processes with one identifier the older is stopped for good, once its charges are up.
   */
  private void stop(SimulatedProcess process) {
    if (!process.quiet()) {
      after(SECOND, process, null, () -> stop(process));
      return;
    }
    kill(process.disk, false);
    disks.remove(process.disk);
  }

  // Clients
  // ------------------------------------------------------------------------------------------

  /** A client calls a node. */
  void call() {
    if (processes.isEmpty()) {
      return;
    }
    SimulatedProcess process = processes.get(random.nextInt(processes.size()));
    long amount = random.nextInt(20) == 0 ? 0 : random.nextLong(1, plan.dear() ? 900 : 200);
    call(process, amount, CHAINS.get(random.nextInt(CHAINS.size())));
  }

  SimulatedCall call(SimulatedProcess process, long amount, List<UUID> budgets) {
    UUID id = new UUID(((now / MILLI) << 16) | 0x7000, calls.size());
    SimulatedCall call = new SimulatedCall(id, amount, budgets);
    calls.put(id, call);
    call.process = process;
    after(0, process, null, () -> process.admit(call));
    return call;
  }

  void granted(SimulatedProcess by, Admission.Granted<SimulatedCall> granted) {
    SimulatedCall call = granted.plan();
    call.hold = granted.hold();
    long lasts =
        random.nextInt(40) == 0 ? random.nextLong(30 * SECOND) : random.nextLong(2 * SECOND);
    after(lasts, by, null, () -> end(by, call, granted.hold()));
  }

  private void end(SimulatedProcess by, SimulatedCall call, Hold hold) {
    if (random.nextInt(8) == 0) {
      call.released = true;
      by.release(hold);
      return;
    }
    long most = hold.amount().nanos();
    long cost = random.nextInt(3) == 0 ? most : random.nextLong(most + 1);
    if (plan.excesses() && random.nextInt(25) == 0) {
      cost = most + random.nextLong(100);
    }
    call.cost = cost;
    by.settle(hold, call, cost);
  }

  void refused(SimulatedCall call, Admission.Refused<SimulatedCall> refused) {
    if (refused.code() == ErrorCode.INTERNAL) {
      throw new AssertionError("call " + call.id() + " failed: " + refused.message());
    }
  }

  /** The client has the last byte: from now on its charge is durable. */
  void told(SimulatedCall call) {
    if (call.told) {
      return;
    }
    call.told = true;
    if (!durable(call)) {
      throw new AssertionError("I2: told, and the charge is nowhere: " + call.id());
    }
  }

  /** Which batches of which nodes have a call's charge. */
  String journaled(SimulatedCall call) {
    return disks.stream()
        .map(
            disk -> "node %d %s".formatted(disk.node.getLeastSignificantBits(), disk.of(call.id())))
        .collect(Collectors.joining(", "));
  }

  /** I2: in the ledger or on a disk. */
  boolean durable(SimulatedCall call) {
    return store.charged(call.id(), 1) != null
        || disks.stream().anyMatch(disk -> disk.has(call.id(), !plan.restores()));
  }

  // What always holds
  // --------------------------------------------------------------------------------

  private void check() {
    if (!touched) {
      return;
    }
    touched = false;
    store.balance();
    if (plan.bounded()) {
      limits.forEach((id, limit) -> {
        long spent = store.spent(id, store.budget(id).window());
        if (spent > limit) {
          throw new AssertionError("I1: spent %d of %d".formatted(spent, limit));
        }
      });
    }
  }

  Map<UUID, Long> limits() {
    return limits;
  }

  void limit(UUID id, long to) {
    store().limit(id, to);
    limits.put(id, to);
  }

  /** After every restore: what a client was told is still somewhere. */
  void checkTold() {
    for (SimulatedCall call : calls.values()) {
      if (call.told && !durable(call)) {
        throw new AssertionError("I2: told, and the charge is nowhere: " + call.id());
      }
    }
  }
}
