package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.Access;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A process of a node in both stores: says the same to both, by way of {@link LeaseStore}, {@link
 * LedgerStore} and {@link BudgetPoll} to the real one, and compares the answers.
 */
final class TwoNodes {

  private static final int MOST = 200;

  private final TwoStores stores;
  private final Random random;
  private final Node node;
  private final LeaseStore leases;
  private final LedgerStore ledger;
  private final BudgetPoll poll;
  private final List<StoreModel.Entry> settled = new ArrayList<>();

  TwoNodes(TwoStores stores, UUID id, Random random) {
    this.stores = stores;
    this.random = random;
    this.node = Registration.register(stores.storage, id, "two");
    StoreModel.NodeRow row = stores.register(node);
    assertThat(List.of(row.epoch(), row.batch())).isEqualTo(List.of(node.epoch(), node.batch()));
    Readings readings = new Readings();
    Clock clock = Clock.system();
    this.leases = new LeaseStore(stores.storage, clock, node, TwoStores.LIFETIME, readings);
    this.ledger = new LedgerStore(stores.storage, node);
    this.poll = new BudgetPoll(stores.storage, clock, node, TwoStores.LIFETIME, readings);
  }

  UUID id() {
    return node.id();
  }

  String open(UUID budget) {
    Reply reply = leases.ask(budget, new Effect.Open());
    Opened expected = stores.model.open(node, budget, 0);
    if (expected == null) {
      assertThat(reply).isEqualTo(new Reply.Behind());
    } else {
      Opened opened = ((Reply.Open) reply).opened();
      if (!stores.knows(expected.lease())) {
        stores.same(expected.lease(), opened.lease());
      }
      assertThat(opened.lease()).isEqualTo(stores.real(expected.lease()));
      assertThat(List.of(opened.granted(), opened.spent(), opened.request()))
          .isEqualTo(List.of(expected.granted(), expected.spent(), expected.request()));
      same(opened.reading(), expected.reading());
    }
    return said("opens %s: %s".formatted(budget, reply));
  }

  String ask() {
    StoreModel.Row row = row(each -> true);
    if (row == null) {
      return "nothing to ask with";
    }
    long number = number(row);
    long ask = random.nextLong(1, 900);
    long demand = random.nextLong(1_500);
    long want = random.nextLong(4_000);
    Reply reply = leases.ask(row.budget, new Effect.Ask(real(row), number, ask, demand, want));
    StoreModel.Asked expected =
        stores.model.ask(
            node, row.budget, row.id, new Effect.Ask(real(row), number, ask, demand, want), 0);
    Reply obstacle = obstacle(expected.outcome());
    if (obstacle != null) {
      assertThat(reply).isEqualTo(obstacle);
    } else {
      Reply.Given given = (Reply.Given) reply;
      assertThat(given.amount()).isEqualTo(expected.given());
      same(given.reading(), expected.reading());
    }
    return said("asks number %d for %s: %s".formatted(number, row, reply));
  }

  String giveBack() {
    StoreModel.Row row = row(each -> true);
    if (row == null) {
      return "nothing to give back";
    }
    long left = Math.max(0, row.granted - row.spent);
    long amount = random.nextInt(3) == 0 ? left : random.nextLong(left + 1);
    Effect.Return back = new Effect.Return(real(row), number(row), amount, random.nextInt(3) == 0);
    Reply reply = leases.ask(row.budget, back);
    StoreModel.Given expected = stores.model.giveBack(node, row.budget, row.id, back);
    Reply obstacle = obstacle(expected.outcome());
    assertThat(reply)
        .isEqualTo(obstacle == null ? new Reply.Returned(expected.closed()) : obstacle);
    return said(
        "gives back %d, number %d, of %s: %s".formatted(amount, back.request(), row, reply));
  }

  String recall(UUID budget) {
    Reply reply = leases.ask(budget, new Effect.Recall());
    assertThat(reply).isEqualTo(new Reply.Recalled(stores.model.recall(node, budget)));
    return said("recalls %s: %s".formatted(budget, reply));
  }

  /** What the poll does: renews, rolls, reads. */
  String look() {
    List<Long> mine = new ArrayList<>();
    for (StoreModel.Row row : stores.model.rows()) {
      if (stores.knows(row.id) && random.nextBoolean()) {
        mine.add(row.id);
      }
    }
    BudgetPoll.Seen seen = poll.look(stores.budgets, mine.stream().map(stores::real).toList());
    Long batch = stores.model.touch(node);
    assertThat(seen.superseded()).isEqualTo(batch == null);
    if (batch != null) {
      assertThat(seen.batch()).isEqualTo(batch);
      Map<Long, Long> renewed = new HashMap<>();
      stores.model.renew(node, mine).forEach((id, at) -> renewed.put(stores.real(id), at));
      assertThat(seen.leases()).isEqualTo(renewed);
    }
    stores.model.rollAll();
    for (UUID budget : stores.budgets) {
      same(seen.readings().get(budget), stores.model.reading(budget, node, 0));
    }
    return said("looks, and renews %s".formatted(mine));
  }

  String expire() {
    StoreModel.Row row = row(each -> each.state == StoreModel.State.LIVE);
    if (row == null) {
      return "nothing to expire";
    }
    stores.expire(row);
    return "it expires: " + row;
  }

  String freeze() {
    int frozen =
        stores.storage.transact(
            Access.spend(),
            handle ->
                handle
                    .createQuery("SELECT spend_freeze(:skew::interval, :most)")
                    .bind("skew", Aftermath.SKEW.toMillis() + " milliseconds")
                    .bind("most", MOST)
                    .mapTo(Integer.class)
                    .one());
    assertThat(frozen).isEqualTo(stores.model.freeze(Aftermath.SKEW.toNanos()));
    return said("freezes %d".formatted(frozen));
  }

  String reverse() {
    StoreModel.Row row = row(each -> each.state != StoreModel.State.LIVE);
    if (row == null) {
      return "nothing to reverse";
    }
    long keep = random.nextInt(3) == 0 ? 0 : random.nextLong(-5, row.presumed + 100);
    boolean resolved = random.nextBoolean();
    String what = said("reverses but for %d, resolved %s: %s".formatted(keep, resolved, row));
    long reversed =
        stores.storage.transact(
            Access.spend(),
            handle ->
                handle
                    .createQuery("SELECT spend_reverse(:node, :epoch, :lease, :keep, :resolved)")
                    .bind("node", node.id())
                    .bind("epoch", node.epoch())
                    .bind("lease", stores.real(row.id))
                    .bind("keep", keep)
                    .bind("resolved", resolved)
                    .mapTo(Long.class)
                    .one());
    assertThat(reversed).as(what).isEqualTo(stores.model.reverse(node, row.id, keep, resolved));
    return what;
  }

  String startOver() {
    Long known = ledger.startOver();
    assertThat(known).isEqualTo(stores.model.startOver(node));
    return said("starts over: " + known);
  }

  /** A batch of new charges: of leases that live, that do not, and that nobody knows. */
  String settle() {
    List<StoreModel.Entry> batch = new ArrayList<>();
    for (int charges = random.nextInt(4); charges >= 0; charges--) {
      StoreModel.Entry entry = entry();
      if (entry != null) {
        batch.add(entry);
        settled.add(entry);
      }
    }
    return commit(batch);
  }

  String settleAgain() {
    Set<StoreModel.Entry> again = new HashSet<>();
    for (int charges = 0; charges < 3 && !settled.isEmpty(); charges++) {
      again.add(settled.get(random.nextInt(settled.size())));
    }
    return commit(List.copyOf(again));
  }

  private StoreModel.@Nullable Entry entry() {
    List<Long> ids = new ArrayList<>();
    List<UUID> of = new ArrayList<>();
    List<Long> windows = new ArrayList<>();
    long left = Long.MAX_VALUE;
    for (int more = random.nextInt(3); more >= 0; more--) {
      StoreModel.Row row = row(each -> !of.contains(each.budget));
      if (row != null) {
        ids.add(row.id);
        of.add(row.budget);
        // Of a lease in a window that this database does not know, for it was restored.
        windows.add(random.nextInt(40) == 0 ? row.window + 1 : row.window);
        left = Math.min(left, row.granted - row.spent);
      }
    }
    if (ids.isEmpty()) {
      return null;
    }
    long held = left <= 0 || random.nextInt(8) == 0 ? 50 : random.nextLong(left + 1);
    long cost = random.nextInt(6) == 0 ? held + random.nextLong(60) : random.nextLong(held + 1);
    return new StoreModel.Entry(Ids.next(), 1, held, cost, ids, of, windows);
  }

  private String commit(List<StoreModel.Entry> batch) {
    Long known = stores.model.touch(node);
    long last = known == null ? 0 : known;
    long after = random.nextInt(4) == 0 ? last + 2 : random.nextInt(2) == 0 ? 0 : last;
    long number = last + 1 + random.nextInt(3);
    byte[] rows = new ChargeRows().encode(batch.stream().map(this::charge).toList());
    LedgerStore.Committed done = ledger.commit(after, number, batch.size(), rows);
    StoreModel.Settled expected = stores.model.settle(node, after, number, batch);
    String what = said("commits %d after %d: %s".formatted(number, after, batch));
    assertThat(done.superseded()).as(what).isEqualTo(expected.superseded());
    assertThat(done.known()).as(what).isEqualTo(expected.known());
    assertThat(done.fenced())
        .as(what)
        .containsExactlyInAnyOrderElementsOf(expected.fenced().stream().map(stores::real).toList());
    return what;
  }

  private PendingCharge charge(StoreModel.Entry entry) {
    List<Hold.Part> parts = new ArrayList<>();
    for (int place = 0; place < entry.leases().size(); place++) {
      UUID budget = entry.budgets().get(place);
      Lease lease =
          new Lease(
              stores.real(entry.leases().get(place)), budget, entry.windows().get(place), 0, 0, 0);
      parts.add(new Hold.Part(new Account(budget, SpendConfig.DEFAULT, new Nowhere()), lease));
    }
    Hold hold =
        new Hold(stores.scope, entry.call(), entry.attempt(), new Money(entry.held()), parts, 0);
    return new PendingCharge(
        hold, Till.FACTS, Till.outcome(new Money(entry.cost())), Promise.promise(), 0);
  }

  /** A charge says of which account it is; what that does is not looked at here. */
  private static final class Nowhere implements Account.Surroundings {

    @Override
    public Clock clock() {
      return Clock.system();
    }

    @Override
    public void carry(Account account, Effect.Request request) {
      throw new AssertionError("asked for " + request);
    }

    @Override
    public void later(long nanos, Runnable task) {
      throw new AssertionError("asked to wait");
    }

    @Override
    public void distrust() {
      throw new AssertionError("asked to start over");
    }
  }

  /** A lease of this process, or now and then of another. */
  private StoreModel.@Nullable Row row(Predicate<StoreModel.Row> which) {
    boolean any = random.nextInt(5) == 0;
    List<StoreModel.Row> found = new ArrayList<>();
    for (StoreModel.Row row : stores.model.rows()) {
      boolean mine = row.node.equals(node.id()) && row.epoch == node.epoch();
      if (stores.knows(row.id) && (any || mine) && which.test(row)) {
        found.add(row);
      }
    }
    return found.isEmpty() ? null : found.get(random.nextInt(found.size()));
  }

  /** Mostly the next; else one that comes again, comes late, or after one that is not known. */
  private long number(StoreModel.Row row) {
    return switch (random.nextInt(12)) {
      case 0, 1 -> row.request;
      case 2 -> Math.max(0, row.request - 1);
      case 3 -> row.request + 2;
      default -> row.request + 1;
    };
  }

  private Lease real(StoreModel.Row row) {
    return new Lease(stores.real(row.id), row.budget, row.window, 0, 0, 0);
  }

  private static @Nullable Reply obstacle(String outcome) {
    return switch (outcome) {
      case "ok" -> null;
      case "gone" -> new Reply.Gone();
      case "behind", "superseded" -> new Reply.Behind();
      default -> throw new AssertionError(outcome);
    };
  }

  private static void same(@Nullable Reading reading, @Nullable Reading expected) {
    if (reading == null || expected == null) {
      throw new AssertionError("no reading");
    }
    assertThat(
            List.of(
                reading.window(),
                reading.granted(),
                reading.settledElsewhere(),
                reading.presumedLately()))
        .as("window, granted, settled elsewhere and presumed lately")
        .isEqualTo(
            List.of(
                expected.window(),
                expected.granted(),
                expected.settledElsewhere(),
                expected.presumedLately()));
    assertThat(reading.terms().limit()).isEqualTo(expected.terms().limit());
    assertThat(reading.endsAt() == null).isEqualTo(expected.endsAt() == null);
  }

  private String said(String what) {
    return node.id() + "/" + node.epoch() + " " + what;
  }
}
