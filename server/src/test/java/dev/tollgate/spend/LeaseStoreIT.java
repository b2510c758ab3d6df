package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Ids;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.testing.TestDatabase;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The functions of the migration say what the model of the property tests says. */
class LeaseStoreIT {

  private static final long LIMIT = 10_000;

  private static Till till;

  @BeforeAll
  static void open() {
    till = Till.open(TestDatabase.freshPlainOwner());
  }

  @AfterAll
  static void close() {
    till.close();
  }

  /** One node in both worlds: the same requests, of leases that have two identifiers. */
  private static final class Both {
    final int index;
    final LeaseStore store;
    final LedgerStore ledger;
    Lease real;
    Lease modelled;
    long request;
    boolean askedLast;

    Both(int index, LeaseModel model, OrgScope scope) {
      this.index = index;
      Node node = Registration.register(till.storage, Ids.next(), "node " + index);
      assertThat(node.returning()).isFalse();
      this.store =
          new LeaseStore(till.storage, Clock.system(), node, Duration.ofHours(1), new Readings());
      this.ledger = new LedgerStore(till.storage, node);
      this.real = lease(((Reply.Open) store.ask(budget(scope), new Effect.Open())).opened());
      this.modelled = lease(model.open(index, 0));
    }

    static Lease lease(Opened opened) {
      Reading reading = opened.reading();
      return new Lease(opened.lease(), reading.budget(), reading.window(), 0, 0, 0);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void saysWhatTheModelSays(long seed) {
    Random random = new Random(seed);
    OrgScope scope = till.organization("model " + seed, new Money(LIMIT));
    LeaseModel model = new LeaseModel(LIMIT);
    List<Both> nodes = new ArrayList<>();
    for (int index = 0; index < 3; index++) {
      nodes.add(new Both(index, model, scope));
    }
    for (int step = 0; step < 120; step++) {
      Both node = nodes.get(random.nextInt(nodes.size()));
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> ask(node, model, scope, random);
        case 3 -> giveBack(node, scope, model, random);
        case 4, 5 -> settle(node, model, scope, random);
        case 6 -> limit(model, scope, random.nextLong(LIMIT / 2, LIMIT * 2));
        default -> open(node, model, scope, random.nextInt(5) == 0);
      }
    }
    till.books();
  }

  private static void ask(Both node, LeaseModel model, OrgScope scope, Random random) {
    long number = node.askedLast && random.nextInt(4) == 0 ? node.request : ++node.request;
    node.askedLast = true;
    long ask = random.nextLong(1, 800);
    long demand = random.nextLong(1_000);
    long want = random.nextLong(3_000);
    Reply.Given given =
        (Reply.Given)
            node.store.ask(budget(scope), new Effect.Ask(node.real, number, ask, demand, want));
    assertThat(given.amount())
        .isEqualTo(model.ask(new Effect.Ask(node.modelled, number, ask, demand, want)));
    same(given.reading(), model, node);
  }

  private static void giveBack(Both node, OrgScope scope, LeaseModel model, Random random) {
    long most = model.left(node.modelled);
    if (most <= 0) {
      return;
    }
    long amount = random.nextLong(most);
    node.request++;
    node.askedLast = false;
    Reply.Returned returned =
        (Reply.Returned)
            node.store.ask(
                budget(scope), new Effect.Return(node.real, node.request, amount, false));
    assertThat(returned.closed())
        .isEqualTo(model.giveBack(new Effect.Return(node.modelled, node.request, amount, false)));
  }

  private static void settle(Both node, LeaseModel model, OrgScope scope, Random random) {
    long most = model.left(node.modelled);
    long held = most <= 0 ? 0 : random.nextLong(most + 1);
    long cost = random.nextInt(6) == 0 ? held + random.nextLong(50) : random.nextLong(held + 1);
    Hold hold =
        new Hold(
            scope,
            Ids.next(),
            1,
            new Money(held),
            List.of(new Hold.Part(account(scope), node.real)),
            0);
    PendingCharge charge =
        new PendingCharge(hold, Till.FACTS, Till.outcome(new Money(cost)), Promise.promise(), 0);
    for (int times = random.nextInt(3); times >= 0; times--) {
      byte[] rows = new ChargeRows().encode(List.of(charge));
      assertThat(node.ledger.commit(0, 1, 1, rows).fenced()).isEmpty();
    }
    model.settle(node.modelled, held, cost);
  }

  private static UUID budget(OrgScope scope) {
    return till.spend.status(scope).budget();
  }

  private static Account account(OrgScope scope) {
    till.spend.release(till.hold(scope, Money.ZERO));
    return till.account(scope);
  }

  private static void limit(LeaseModel model, OrgScope scope, long limit) {
    till.spend.setTerms(scope, Till.ADMIN, _ -> Till.limit(new Money(limit)));
    model.limit(limit);
  }

  private static void open(Both node, LeaseModel model, OrgScope scope, boolean reset) {
    if (reset) {
      till.spend.reset(scope, Till.ADMIN, "a test");
      model.reset();
    }
    Opened opened = ((Reply.Open) node.store.ask(budget(scope), new Effect.Open())).opened();
    Opened expected = model.open(node.index, 0);
    assertThat(List.of(opened.granted(), opened.spent(), opened.request()))
        .isEqualTo(List.of(expected.granted(), expected.spent(), expected.request()));
    same(opened.reading(), model, node);
    node.real = Both.lease(opened);
    node.modelled = Both.lease(expected);
    node.request = opened.request();
    node.askedLast = false;
  }

  private static void same(@Nullable Reading real, LeaseModel model, Both node) {
    Reading expected = model.reading(node.index, 0);
    if (real == null) {
      throw new AssertionError("no reading");
    }
    assertThat(List.of(real.window(), real.granted(), real.settledElsewhere()))
        .isEqualTo(List.of(expected.window(), expected.granted(), expected.settledElsewhere()));
    assertThat(real.terms().limit()).isEqualTo(expected.terms().limit());
  }
}
