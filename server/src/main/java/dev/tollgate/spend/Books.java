package dev.tollgate.spend;

import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.Caller;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Whether the books balance: what every budget and window says it spent is the sum of its entries,
 * and of the closing balances of months that are retired, to the nano-dollar; and every lease is
 * consistent in itself. Money that live nodes hold in leases is no difference.
 */
public final class Books {

  /** One statement, hence one snapshot: nodes may go on settling meanwhile. */
  private static final String BALANCE =
      """
      WITH booked AS (
        SELECT budget_id, window_id, sum(cost_nanos) AS cost, sum(entries) AS entries
        FROM (
          SELECT t.budget_id, t.window_id, sum(l.cost_nanos) AS cost_nanos, count(*) AS entries
          FROM ledger l, unnest(l.budgets, l.windows) AS t (budget_id, window_id)
          GROUP BY t.budget_id, t.window_id
          UNION ALL
          SELECT budget_id, window_id, cost_nanos, entries FROM closing_balances
        ) kept
        GROUP BY budget_id, window_id
      ), leased AS (
        SELECT budget_id, window_id, sum(spent_nanos) AS spent, sum(granted_nanos) AS granted
        FROM leases GROUP BY budget_id, window_id
      )
      SELECT w.budget_id IS NOT NULL AS known,
        coalesce(w.budget_id, k.budget_id) AS budget, coalesce(w.window_id, k.window_id) AS win,
        coalesce(k.cost, 0) AS cost, coalesce(k.entries, 0) AS entries,
        coalesce(s.spent, 0) AS spent, coalesce(s.granted, 0) AS granted,
        CASE WHEN b.window_id = w.window_id THEN b.granted_nanos END AS budget_granted
      FROM budget_windows w
        JOIN budgets b ON b.id = w.budget_id
        LEFT JOIN leased s ON s.budget_id = w.budget_id AND s.window_id = w.window_id
        FULL JOIN booked k ON k.budget_id = w.budget_id AND k.window_id = w.window_id
      ORDER BY budget, win
      """;

  private static final String WHAT = "the books are changed";

  private Books() {}

  /**
   * What was found.
   *
   * @param windows how many windows of budgets were added up
   * @param entries how many entries, those of retired months included
   */
  public record Report(long windows, long entries, List<Difference> differences) {

    public boolean balanced() {
      return differences.isEmpty();
    }
  }

  /**
   * Two figures that should be equal and are not, in nano-dollars.
   *
   * @param what which figures
   */
  public record Difference(
      UUID budget, long window, String what, BigDecimal expected, BigDecimal actual) {

    @Override
    public String toString() {
      return "budget %s, window %d: %s: expected %s, is %s, difference %s nano-dollars"
          .formatted(
              budget,
              window,
              what,
              expected.toPlainString(),
              actual.toPlainString(),
              actual.subtract(expected).toPlainString());
    }
  }

  /** Adds everything up. */
  public static Report verify(Storage storage) {
    return storage.transact(Access.admin(), Books::verify);
  }

  /**
   * Makes leases and budgets say what the ledger says, one transaction for a budget and window; the
   * ledger itself is never changed. Nodes may run meanwhile.
   *
   * @param reason why, for the audit
   * @return what was changed, in the order of {@link #verify}; what is still wrong, that tells
   */
  public static List<Difference> repair(
      Storage storage, Caller.Administrator actor, String reason) {
    String why = Reason.of(reason, WHAT).text();
    return verify(storage).differences().stream()
        .map(difference -> new BooksRepair.Place(difference.budget(), difference.window()))
        .distinct()
        .flatMap(place ->
            storage
                .transact(Access.spend(), handle -> BooksRepair.repair(handle, place, actor, why))
                .stream())
        .toList();
  }

  /**
   * Takes back all that is presumed of leases whose node will not come back to say what it spent.
   * What it did spend of that is then in no budget.
   *
   * @param reason why, for the audit
   * @throws dev.tollgate.kernel.Failure NOT_FOUND for a lease or a node that is not known
   */
  public static List<Resolution> resolve(
      Storage storage, Caller.Administrator actor, Abandoned whose, String reason) {
    return Presumptions.resolve(storage, whose, actor, Reason.of(reason, WHAT).text());
  }

  /** Whose presumptions are resolved. */
  public sealed interface Abandoned {
    /** One lease. */
    record OfLease(long id) implements Abandoned {}

    /** All leases of a node. */
    record OfNode(UUID id) implements Abandoned {}
  }

  /**
   * A lease that was resolved.
   *
   * @param reversed what is free again; zero where nothing was presumed any more
   */
  public record Resolution(long lease, UUID budget, long window, Money reversed) {}

  private static Report verify(Handle handle) {
    List<Balance> balances =
        handle
            .createQuery(BALANCE)
            .map((row, context) ->
                new Balance(
                    row.getObject("budget", UUID.class),
                    row.getLong("win"),
                    row.getBoolean("known"),
                    row.getLong("entries"),
                    row.getBigDecimal("cost"),
                    row.getBigDecimal("spent"),
                    row.getBigDecimal("granted"),
                    row.getBigDecimal("budget_granted")))
            .list();
    List<Difference> differences = new ArrayList<>();
    balances.forEach(balance -> balance.addDifferences(differences));
    differences.addAll(LeaseChecks.differences(handle));
    long entries = balances.stream().mapToLong(Balance::entries).sum();
    return new Report(balances.size(), entries, List.copyOf(differences));
  }

  /** A budget's window: what its leases say, and what the ledger says. */
  private record Balance(
      UUID budget,
      long window,
      boolean known,
      long entries,
      BigDecimal cost,
      BigDecimal spent,
      BigDecimal granted,
      @Nullable BigDecimal budgetGranted) {

    void addDifferences(List<Difference> to) {
      if (!known) {
        to.add(difference("entries of a window that no budget has", BigDecimal.ZERO, cost));
        return;
      }
      if (spent.compareTo(cost) != 0) {
        to.add(difference("spent of its leases, against the sum of its entries", cost, spent));
      }
      if (budgetGranted != null && budgetGranted.compareTo(granted) != 0) {
        to.add(
            difference(
                "granted of the budget, against that of its leases", granted, budgetGranted));
      }
    }

    private Difference difference(String what, BigDecimal expected, BigDecimal actual) {
      return new Difference(budget, window, what, expected, actual);
    }
  }
}
