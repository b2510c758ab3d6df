package dev.tollgate.spend;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL as the money room sees it, made of a few maps: says what the functions of the
 * migrations say; {@code StoreModelPropertiesIT} compares.
 *
 * <p>Every method is one statement: all of it happens or nothing. Times are nanoseconds of the
 * database's own clock.
 */
final class StoreModel {

  private static final long PRESUMED_LATELY = Duration.ofMinutes(5).toNanos();

  enum State {
    LIVE,
    FROZEN,
    CLOSED
  }

  /** A row of the table of leases. */
  static final class Row implements Cloneable {
    final long id;
    final UUID budget;
    final long window;
    final UUID node;
    final long epoch;
    long granted;
    long spent;
    long presumed;
    long request;
    long given;
    long expires;
    long frozenAt;
    @Nullable Long recallAt;
    boolean resolved;
    long folded;
    State state = State.LIVE;

    /** Whether it is over, and nothing of it is presumed any more. */
    boolean isOver() {
      return presumed == 0 && (state == State.CLOSED || (state == State.FROZEN && resolved));
    }

    Row(long id, UUID budget, long window, UUID node, long epoch, long expires) {
      this.id = id;
      this.budget = budget;
      this.window = window;
      this.node = node;
      this.epoch = epoch;
      this.expires = expires;
    }

    Row copy() {
      try {
        return (Row) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public String toString() {
      return "%d %s of %s/%d: granted %d, spent %d, presumed %d"
          .formatted(id, state, budget, window, granted, spent, presumed);
    }
  }

  /**
   * A row of the table of budgets.
   *
   * @param endsAt when the window ends by itself; null: it does not
   */
  record Budget(
      @Nullable Long limit, long window, long granted, @Nullable Long endsAt, long period) {

    Budget granting(long more) {
      return new Budget(limit, window, granted + more, endsAt, period);
    }
  }

  record NodeRow(long epoch, long batch) {}

  /** A charge as it is committed and journaled. */
  record Entry(
      UUID call,
      int attempt,
      long held,
      long cost,
      List<Long> leases,
      List<UUID> budgets,
      List<Long> windows) {}

  private record Attempt(UUID call, int attempt) {}

  record Window(UUID budget, long number) {}

  /** The answer of the function that settles. */
  record Settled(boolean superseded, Set<Long> fenced, long known) {}

  /** What a request for money was answered; {@code outcome} other than ok: nothing was done. */
  record Asked(String outcome, long given, @Nullable Reading reading) {}

  record Given(String outcome, boolean closed) {}

  private final Duration lifetime;
  private Map<UUID, Budget> budgets = new LinkedHashMap<>();
  private Map<UUID, NodeRow> nodes = new HashMap<>();
  private TreeMap<Long, Row> rows = new TreeMap<>();
  private Map<Attempt, Entry> charges = new HashMap<>();
  private Map<Window, Long> entries = new HashMap<>();
  private Set<Window> overshot = new HashSet<>();
  private long leases;
  private boolean restored;
  private long now;

  StoreModel(Duration lifetime) {
    this.lifetime = lifetime;
  }

  /** The same rows once more, as a backup has them. */
  StoreModel snapshot() {
    StoreModel copy = new StoreModel(lifetime);
    copy.restore(this);
    copy.restored = restored;
    return copy;
  }

  /** Goes back to what a backup has; identifiers of leases never come again. */
  void restore(StoreModel from) {
    budgets = new LinkedHashMap<>(from.budgets);
    nodes = new HashMap<>(from.nodes);
    rows = new TreeMap<>();
    from.rows.forEach((id, row) -> rows.put(id, row.copy()));
    charges = new HashMap<>(from.charges);
    entries = new HashMap<>(from.entries);
    overshot = new HashSet<>(from.overshot);
    leases = Math.max(leases, from.leases);
    restored = true;
  }

  /** The database's clock. */
  void at(long moment) {
    now = moment;
  }

  void budget(UUID id, @Nullable Long limit, long period) {
    budgets.put(
        id,
        new Budget(limit, 1, 0, period == 0 ? null : (Long) ((now / period + 1) * period), period));
  }

  void limit(UUID id, @Nullable Long limit) {
    Budget old = budget(id);
    budgets.put(id, new Budget(limit, old.window, old.granted, old.endsAt, old.period));
  }

  /** An administrator opens a new window. */
  void reset(UUID id) {
    next(id, budget(id).endsAt);
  }

  private void next(UUID id, @Nullable Long ends) {
    Budget old = budget(id);
    budgets.put(
        id, new Budget(old.limit, old.window + 1, granted(id, old.window + 1), ends, old.period));
  }

  Budget budget(UUID id) {
    return Objects.requireNonNull(budgets.get(id));
  }

  Set<UUID> budgets() {
    return budgets.keySet();
  }

  void roll(UUID id) {
    Budget budget = budget(id);
    if (budget.endsAt != null && budget.endsAt <= now) {
      next(id, (now / budget.period + 1) * budget.period);
    }
  }

  NodeRow register(UUID node) {
    NodeRow old = nodes.get(node);
    long epoch = now / 1_000_000;
    NodeRow row =
        old == null
            ? new NodeRow(epoch, 0)
            : new NodeRow(Math.max(old.epoch + 1, epoch), old.batch);
    nodes.put(node, row);
    return row;
  }

  private boolean current(Node node) {
    NodeRow row = nodes.get(node.id());
    return row != null && row.epoch == node.epoch();
  }

  private long batch(Node node) {
    return Objects.requireNonNull(nodes.get(node.id())).batch;
  }

  Reading reading(UUID id, Node node, long before) {
    Budget budget = budget(id);
    long elsewhere = 0;
    long lately = 0;
    for (Row row : rows.values()) {
      if (row.budget.equals(id) && row.window == budget.window) {
        boolean ours =
            row.node.equals(node.id()) && row.epoch == node.epoch() && row.state == State.LIVE;
        elsewhere += ours ? 0 : row.spent;
        boolean late =
            row.state == State.FROZEN && !row.resolved && row.frozenAt > now - PRESUMED_LATELY;
        lately += late ? row.presumed : 0;
      }
    }
    Money limit = budget.limit == null ? null : new Money(budget.limit);
    BudgetTerms terms = new BudgetTerms(limit, Ladder.OFF, Estimation.CAPPED, true);
    Long ends = budget.endsAt;
    return new Reading(
        id,
        budget.window,
        "budget " + id.getLeastSignificantBits(),
        terms,
        budget.granted,
        elsewhere,
        lately,
        ends == null ? null : Instant.EPOCH.plusNanos(ends),
        ends == null ? before : before + Math.max(0, ends - now) / 1_000_000 * 1_000_000,
        before);
  }

  /** Null: the node is superseded. */
  @Nullable Opened open(Node node, UUID id, long before) {
    roll(id);
    if (!current(node)) {
      return null;
    }
    Budget budget = budget(id);
    Row held = null;
    for (Row row : rows.values()) {
      if (row.budget.equals(id)
          && row.window == budget.window
          && row.node.equals(node.id())
          && row.epoch == node.epoch()
          && row.state == State.LIVE) {
        held = row;
      }
    }
    if (held == null) {
      held = new Row(++leases, id, budget.window, node.id(), node.epoch(), 0);
      rows.put(held.id, held);
    }
    held.expires = now + lifetime.toNanos();
    return new Opened(held.id, held.granted, held.spent, held.request, reading(id, node, before));
  }

  private String obstacle(Node node, @Nullable Row row, UUID budget, long request) {
    if (!current(node)) {
      return "superseded";
    }
    if (row == null
        || !row.node.equals(node.id())
        || row.epoch != node.epoch()
        || !row.budget.equals(budget)) {
      return "behind";
    }
    if (row.state != State.LIVE || row.request > request) {
      return "gone";
    }
    return row.request < request - 1 ? "behind" : "ok";
  }

  Asked ask(Node node, UUID id, long lease, Effect.Ask ask, long before) {
    Row row = rows.get(lease);
    String outcome = obstacle(node, row, id, ask.request());
    long given = 0;
    if (outcome.equals("ok") && row != null) {
      roll(id);
      given = row.request == ask.request() ? row.given : grant(row, ask);
      row.granted += row.request == ask.request() ? 0 : given;
      row.request = ask.request();
      row.given = given;
      row.expires = now + lifetime.toNanos();
    }
    return new Asked(outcome, given, reading(id, node, before));
  }

  private long grant(Row row, Effect.Ask ask) {
    Budget budget = budget(row.budget);
    if (budget.window != row.window) {
      return 0;
    }
    long most = Math.max(ask.ask(), ask.demand());
    long given;
    if (budget.limit == null) {
      given = Math.max(most, ask.want());
    } else {
      long room = budget.limit - budget.granted;
      boolean enough = room > 0 && room >= ask.ask();
      given = enough ? Math.min(room, Math.max(most, Math.min(ask.want(), room / 8))) : 0;
      if (given > 0 && granted(row.budget, row.window) + given > budget.limit) {
        throw new AssertionError("I1: granted more than the limit, by " + row);
      }
    }
    budgets.put(row.budget, budget.granting(given));
    return given;
  }

  private long granted(UUID id, long window) {
    long sum = 0;
    for (Row row : rows.values()) {
      sum += row.budget.equals(id) && row.window == window ? row.granted : 0;
    }
    return sum;
  }

  Given giveBack(Node node, UUID id, long lease, Effect.Return back) {
    Row row = rows.get(lease);
    if (current(node)
        && row != null
        && row.request == back.request()
        && row.state == State.CLOSED) {
      return new Given("ok", true);
    }
    String outcome = obstacle(node, row, id, back.request());
    if (!outcome.equals("ok") || row == null) {
      return new Given(outcome, false);
    }
    if (row.request != back.request()) {
      row.granted -= back.amount();
      row.request = back.request();
      row.given = -back.amount();
      row.recallAt = null;
      raise(row, -back.amount());
    }
    boolean closes = back.close() && row.granted == row.spent;
    row.state = closes ? State.CLOSED : row.state;
    return new Given("ok", closes);
  }

  private void raise(Row row, long by) {
    Budget budget = budget(row.budget);
    if (budget.window == row.window) {
      budgets.put(row.budget, budget.granting(by));
    }
  }

  long recall(Node node, UUID id) {
    long asked = 0;
    for (Row row : rows.values()) {
      boolean ours = row.node.equals(node.id()) && row.epoch == node.epoch();
      if (row.budget.equals(id)
          && row.window == budget(id).window
          && row.state == State.LIVE
          && row.granted > row.spent
          && !ours
          && row.expires > now) {
        row.recallAt = now;
        asked++;
      }
    }
    return asked;
  }

  /** The budgets of which another node asked for what is free on this one. */
  List<UUID> recalled(Node node) {
    List<UUID> recalled = new ArrayList<>();
    for (Row row : rows.values()) {
      Long at = row.recallAt;
      if (ours(row, node)
          && row.state == State.LIVE
          && at != null
          && at > now - Duration.ofSeconds(2).toNanos()) {
        recalled.add(row.budget);
      }
    }
    return recalled;
  }

  private static boolean ours(Row row, Node node) {
    return row.node.equals(node.id()) && row.epoch == node.epoch();
  }

  /** What the poll does: null when superseded, else the node's last batch. */
  @Nullable Long touch(Node node) {
    return current(node) ? batch(node) : null;
  }

  /** The numbers of the last requests of those that were renewed. */
  Map<Long, Long> renew(Node node, Iterable<Long> ids) {
    Map<Long, Long> found = new HashMap<>();
    for (long id : ids) {
      Row row = rows.get(id);
      if (row != null && ours(row, node) && row.state == State.LIVE) {
        row.expires = now + lifetime.toNanos();
        found.put(id, row.request);
      }
    }
    return found;
  }

  /** What the poll does for calendar windows. */
  void rollAll() {
    budgets.keySet().stream().toList().forEach(this::roll);
  }

  private void presume(Row row) {
    long rest = row.granted - row.spent;
    if (rest <= 0) {
      row.state = State.CLOSED;
      row.granted = row.spent;
      raise(row, -rest);
      return;
    }
    enter(row, rest);
    row.state = State.FROZEN;
    row.frozenAt = now;
    row.presumed = rest;
    row.spent = row.granted;
  }

  private void enter(Row row, long cost) {
    entries.merge(new Window(row.budget, row.window), cost, Long::sum);
  }

  /** Freezes what expired; how many leases had something left. */
  int freeze(long skew) {
    int frozen = 0;
    for (Row row : rows.values()) {
      if (row.state == State.LIVE && row.expires < now - skew) {
        presume(row);
        frozen += row.state == State.FROZEN ? 1 : 0;
      }
    }
    return frozen;
  }

  @Nullable Long startOver(Node node) {
    NodeRow known = nodes.get(node.id());
    if (known != null && known.epoch > node.epoch()) {
      return null;
    }
    nodes.put(node.id(), new NodeRow(node.epoch(), known == null ? 0 : known.batch));
    rows.values().stream()
        .filter(row -> ours(row, node) && row.state == State.LIVE)
        .forEach(this::presume);
    return batch(node);
  }

  /**
   * Adds up the leases of each window that ended {@code age} ago.
   *
   * @param stays which row stays where none is a sum yet
   */
  boolean fold(long age, Predicate<Row> stays) {
    Map<Window, List<Row>> over =
        rows.values().stream()
            .filter(row -> row.isOver() && (row.folded > 0 || row.expires < now - age))
            .collect(Collectors.groupingBy(row -> new Window(row.budget, row.window)));
    over.values().stream()
        .filter(group -> group.stream().anyMatch(row -> row.folded == 0))
        .forEach(group -> fold(group, stays));
    return true;
  }

  private void fold(List<Row> group, Predicate<Row> stays) {
    Row kept =
        group.stream()
            .filter(row -> row.folded > 0)
            .findFirst()
            .or(() -> group.stream().filter(stays).findFirst())
            .orElse(group.getFirst());
    kept.folded = Math.max(kept.folded, 1);
    group.stream()
        .filter(row -> row.id != kept.id)
        .forEach(row -> {
          kept.granted += row.granted;
          kept.spent += row.spent;
          kept.folded += Math.max(row.folded, 1);
          rows.remove(row.id);
        });
    kept.state = State.CLOSED;
    kept.resolved = true;
    kept.recallAt = null;
  }

  /** The leases of a node that were presumed and of which it did not say its last word. */
  List<Row> unresolved(Node node) {
    return rows.values().stream()
        .filter(row -> row.node.equals(node.id()) && row.state == State.FROZEN && !row.resolved)
        .toList();
  }

  boolean noneIsPast(Node node) {
    return rows.values().stream()
        .noneMatch(row ->
            row.node.equals(node.id())
                && row.epoch < node.epoch()
                && (row.state == State.LIVE || (row.state == State.FROZEN && !row.resolved)));
  }

  long reverse(Node node, long lease, long keep, boolean resolved) {
    Row row = rows.get(lease);
    if (!current(node) || row == null || !row.node.equals(node.id()) || row.state != State.FROZEN) {
      return 0;
    }
    long reversed = Math.max(row.presumed - Math.max(keep, 0), 0);
    enter(row, -reversed);
    raise(row, -reversed);
    row.presumed -= reversed;
    row.spent -= reversed;
    row.granted -= reversed;
    row.resolved |= resolved;
    return reversed;
  }

  Settled settle(Node node, long after, long batch, List<Entry> all) {
    boolean superseded = !current(node);
    long known = superseded ? 0 : batch(node);
    if (!superseded) {
      nodes.put(
          node.id(), new NodeRow(node.epoch(), known >= after ? Math.max(known, batch) : known));
    }
    Set<Long> fenced = new HashSet<>();
    for (Entry entry : all) {
      for (int place = 0; place < entry.leases.size(); place++) {
        Row row = rows.get(entry.leases.get(place));
        if (row == null || row.state != State.LIVE || !isOf(row, entry, place)) {
          fenced.add(entry.leases.get(place));
        }
      }
    }
    for (Entry entry : all) {
      if (charges.putIfAbsent(new Attempt(entry.call, entry.attempt), entry) == null) {
        charge(node, entry, fenced);
      }
    }
    return new Settled(superseded, fenced, known);
  }

  private static boolean isOf(Row row, Entry entry, int place) {
    return row.budget.equals(entry.budgets.get(place)) && row.window == entry.windows.get(place);
  }

  private void charge(Node node, Entry entry, Set<Long> fenced) {
    for (int place = 0; place < entry.leases.size(); place++) {
      Row row = rows.get(entry.leases.get(place));
      entries.merge(
          new Window(entry.budgets.get(place), entry.windows.get(place)), entry.cost, Long::sum);
      if (fenced.contains(entry.leases.get(place))) {
        divert(node, row != null && isOf(row, entry, place) ? row : null, entry, place);
      } else if (row != null) {
        long excess = Math.max(entry.cost - entry.held, 0);
        row.spent += entry.cost;
        row.granted += excess;
        raise(row, excess);
      }
    }
  }

  private void divert(Node node, @Nullable Row known, Entry entry, int place) {
    Row row = known;
    if (row == null) {
      row =
          new Row(
              ++leases,
              entry.budgets.get(place),
              entry.windows.get(place),
              node.id(),
              node.epoch(),
              now);
      row.state = State.CLOSED;
      row.resolved = true;
      rows.put(row.id, row);
    }
    long covered = Math.min(entry.cost, row.presumed);
    enter(row, -covered);
    row.presumed -= covered;
    row.spent += entry.cost - covered;
    row.granted += entry.cost - covered;
    raise(row, entry.cost - covered);
    if (entry.cost > covered) {
      overshot.add(new Window(row.budget, row.window));
    }
  }

  /** What the ledger has of an attempt; null: nothing. */
  @Nullable Entry charged(UUID call, int attempt) {
    return charges.get(new Attempt(call, attempt));
  }

  int charges() {
    return charges.size();
  }

  /** What the entries of each window sum up to. */
  Map<Window, Long> entries() {
    return entries;
  }

  Iterable<Row> rows() {
    return rows.values();
  }

  /** Whether a diverted charge was not covered by what had been presumed. */
  boolean overshot(UUID budget, long window) {
    return overshot.contains(new Window(budget, window));
  }

  long spent(UUID id, long window) {
    long sum = 0;
    for (Row row : rows.values()) {
      sum += row.budget.equals(id) && row.window == window ? row.spent : 0;
    }
    return sum;
  }

  /** I4: the counters are the sums of their entries. */
  void balance() {
    Map<Window, Long> spent = new HashMap<>();
    Map<UUID, Long> granted = new HashMap<>();
    for (Row row : rows.values()) {
      spent.merge(new Window(row.budget, row.window), row.spent, Long::sum);
      if (row.window == budget(row.budget).window) {
        granted.merge(row.budget, row.granted, Long::sum);
      }
      if (row.spent > row.granted && !restored) {
        throw new AssertionError("more is spent of a lease than was granted: " + row);
      }
    }
    entries.forEach((window, sum) -> {
      if (spent.getOrDefault(window, 0L) != (long) sum) {
        throw new AssertionError(
            "I4: %s has entries of %d and leases that spent %s"
                .formatted(window, sum, spent.get(window)));
      }
    });
    budgets.forEach((id, budget) -> {
      if (granted.getOrDefault(id, 0L) != budget.granted) {
        throw new AssertionError(
            "I4: budget %s granted %d, its leases have %s"
                .formatted(id, budget.granted, granted.get(id)));
      }
    });
  }
}
