package dev.tollgate.spend;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * One budget in a PostgreSQL that is made of a few maps: says what the functions of the migration
 * say, and asserts at every grant that the limit is kept.
 */
final class LeaseModel {

  private static final UUID BUDGET = new UUID(0, 1);

  /** A row of the table of leases. */
  private static final class Row {
    final long id;
    final int node;
    final long window;
    long granted;
    long spent;
    long request;
    long given;
    boolean closed;

    Row(long id, int node, long window) {
      this.id = id;
      this.node = node;
      this.window = window;
    }
  }

  private final Map<Long, Row> rows = new HashMap<>();
  private final Set<Integer> recalled = new HashSet<>();
  private long limit;
  private long window = 1;
  private long granted;

  LeaseModel(long limit) {
    this.limit = limit;
  }

  void limit(long to) {
    limit = to;
  }

  void reset() {
    window++;
    granted = 0;
  }

  /** Flags the other nodes' leases. */
  void recall(int by) {
    rows.values().stream().filter(row -> row.node != by).forEach(row -> recalled.add(row.node));
  }

  /** Whether another node asked for what is free of this one's; told once. */
  boolean recalled(int node) {
    return recalled.remove(node);
  }

  long limit() {
    return limit;
  }

  long window() {
    return window;
  }

  Reading reading(int node, long now) {
    long elsewhere =
        rows.values().stream()
            .filter(row -> row.window == window && row.node != node)
            .mapToLong(row -> row.spent)
            .sum();
    BudgetTerms terms = new BudgetTerms(new Money(limit), Ladder.OFF, Estimation.CAPPED, true);
    return new Reading(BUDGET, window, "acme", terms, granted, elsewhere, now);
  }

  Opened open(int node, long now) {
    Row row =
        rows.values().stream()
            .filter(each -> each.node == node && each.window == window)
            .findFirst()
            .orElseGet(() -> {
              Row made = new Row(rows.size() + 1L, node, window);
              rows.put(made.id, made);
              return made;
            });
    return new Opened(row.id, row.granted, row.spent, row.request, reading(node, now));
  }

  long ask(Effect.Ask ask) {
    Row row = row(ask.lease());
    if (row.request != ask.request()) {
      long room = limit - granted;
      long given = 0;
      if (row.window == window && room > 0 && room >= ask.ask()) {
        given =
            Math.min(
                room, Math.max(Math.max(ask.ask(), ask.demand()), Math.min(ask.want(), room / 8)));
        granted += given;
        if (granted > limit) {
          throw new AssertionError("granted " + granted + " of " + limit);
        }
      }
      row.granted += given;
      row.given = given;
      row.request = ask.request();
    }
    return row.given;
  }

  boolean giveBack(Effect.Return back) {
    Row row = row(back.lease());
    if (row.request != back.request()) {
      row.granted -= back.amount();
      row.request = back.request();
      granted -= row.window == window ? back.amount() : 0;
    }
    row.closed |= back.close() && row.granted == row.spent;
    return row.closed;
  }

  void settle(Lease lease, long held, long cost) {
    Row row = row(lease);
    // What needs nothing of a lease does not keep it from being closed: a hold of nothing, or a
    // call that cost nothing.
    if (row.closed && Math.min(held, cost) > 0) {
      throw new AssertionError("lease " + row.id + " was closed with money held");
    }
    long excess = Math.max(0, cost - held);
    row.spent += cost;
    row.granted += excess;
    granted += row.window == window ? excess : 0;
  }

  long spent(long in) {
    return rows.values().stream().filter(row -> row.window == in).mapToLong(row -> row.spent).sum();
  }

  /** What a lease was granted and did not spend. */
  long left(Lease lease) {
    Row row = row(lease);
    return row.granted - row.spent;
  }

  /** Everything granted and not spent, in all windows. */
  long left() {
    return rows.values().stream().mapToLong(row -> row.granted - row.spent).sum();
  }

  private Row row(Lease lease) {
    Row row = rows.get(lease.id());
    if (row == null) {
      throw new AssertionError("no lease " + lease.id());
    }
    return row;
  }
}
