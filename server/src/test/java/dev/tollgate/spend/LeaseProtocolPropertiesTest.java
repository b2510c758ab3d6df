package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.kernel.ErrorCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several nodes, one budget, and everything that can come between: answers lost before and after
 * they took effect, changed limits, resets, idleness. The seed reproduces a run.
 */
class LeaseProtocolPropertiesTest {

  private static final int STEPS = 3_000;
  private static final long LIMIT = 10_000;
  private static final long WAIT = Duration.ofSeconds(5).toNanos();

  /** A call, and what became of it. */
  private static final class Call implements Waiter {
    final long amount;
    final long since;
    @Nullable Verdict verdict;

    Call(long amount, long since) {
      this.amount = amount;
      this.since = since;
    }

    @Override
    public Proposal<?> propose(Standing standing) {
      return new Proposal.Take<>(new Money(amount), "plan");
    }

    @Override
    public long since() {
      return since;
    }

    @Override
    public void decided(Verdict told) {
      verdict = told;
    }
  }

  private record Holding(int node, Lease lease, long amount) {}

  private record Charge(Lease lease, long held, long cost) {}

  /** One run. */
  private static final class World {
    final Random random;
    final LeaseModel store = new LeaseModel(LIMIT);
    final List<LeaseProtocol> nodes = new ArrayList<>();
    final List<Effect.@Nullable Request> requests = new ArrayList<>();
    final List<Holding> holds = new ArrayList<>();
    final Deque<Charge> uncommitted = new ArrayDeque<>();
    final List<Call> calls = new ArrayList<>();
    final boolean calm;
    long now = 1;

    /**
     * @param calm whether limits stay and costs keep within their holds
     */
    World(long seed, int count, boolean calm) {
      this.random = new Random(seed);
      this.calm = calm;
      for (int node = 0; node < count; node++) {
        nodes.add(new LeaseProtocol(WAIT, 50, now));
        requests.add(null);
      }
    }

    void step() {
      now += random.nextLong(1, 20_000_000);
      int node = random.nextInt(nodes.size());
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> ask(node, random.nextInt(10) == 0 ? 0 : random.nextLong(1, 400));
        case 3, 4 -> endHold();
        case 5, 6, 7 -> answer(node);
        case 8 -> commit();
        case 9 -> {
          nodes.get(node).tick(now);
          if (store.recalled(node)) {
            nodes.get(node).recall(now);
          }
        }
        case 10 -> nodes.get(node).read(store.reading(node, now), now);
        default -> change(node);
      }
      collect();
    }

    void ask(int node, long amount) {
      Call call = new Call(amount, now);
      calls.add(call);
      nodes.get(node).admit(call, now);
    }

    void endHold() {
      if (holds.isEmpty()) {
        return;
      }
      Holding hold = holds.remove(random.nextInt(holds.size()));
      LeaseProtocol node = nodes.get(hold.node);
      Slice slice = hold.lease.slice();
      if (random.nextInt(5) == 0) {
        slice.put(hold.amount);
        node.moved(now);
        return;
      }
      long cost = random.nextLong(hold.amount + 1);
      if (!calm && random.nextInt(10) == 0) {
        cost += random.nextLong(200);
      }
      uncommitted.add(new Charge(hold.lease, hold.amount, cost));
      long excess = slice.settle(hold.amount, cost);
      if (excess > 0) {
        node.exceeded(hold.lease, excess, now);
      } else {
        node.moved(now);
      }
    }

    void answer(int node) {
      Effect.Request request = requests.get(node);
      if (request == null) {
        return;
      }
      requests.set(node, null);
      int luck = random.nextInt(10);
      if (luck == 0) {
        nodes.get(node).lost(now);
        return;
      }
      long asked = now;
      Runnable answer = carry(node, request, asked);
      if (luck == 1) {
        nodes.get(node).lost(now);
      } else {
        now += random.nextLong(2_000_000);
        answer.run();
      }
    }

    private Runnable carry(int node, Effect.Request request, long asked) {
      LeaseProtocol protocol = nodes.get(node);
      long expires = asked + Duration.ofSeconds(10).toNanos();
      return switch (request) {
        case Effect.Open _ -> {
          Opened opened = store.open(node, asked);
          yield () -> protocol.opened(opened, expires, now);
        }
        case Effect.Ask ask -> {
          long given = store.ask(ask);
          Reading reading = store.reading(node, asked);
          yield () -> protocol.given(given, reading, expires, now);
        }
        case Effect.Recall _ -> {
          store.recall(node);
          yield () -> protocol.recalled(nodes.size() - 1, now);
        }
        case Effect.Return back -> {
          boolean closed = store.giveBack(back);
          yield () -> protocol.returned(closed, now);
        }
      };
    }

    void commit() {
      for (int many = random.nextInt(8); many > 0 && !uncommitted.isEmpty(); many--) {
        Charge charge = uncommitted.remove();
        store.settle(charge.lease, charge.held, charge.cost);
      }
    }

    void change(int node) {
      if (calm) {
        nodes.get(node).runsLow(now);
        return;
      }
      switch (random.nextInt(30)) {
        case 0 -> store.reset();
        case 1 -> store.limit(random.nextLong(LIMIT * 2));
        default -> nodes.get(node).runsLow(now);
      }
    }

    void collect() {
      for (int node = 0; node < nodes.size(); node++) {
        for (Effect effect : nodes.get(node).effects()) {
          switch (effect) {
            case Effect.Decide decide -> decided(node, (Call) decide.waiter(), decide.verdict());
            case Effect.Distrust _ -> throw new AssertionError("distrust");
            case Effect.Request request -> {
              assertThat(requests.get(node)).as("one request at a time").isNull();
              requests.set(node, request);
            }
          }
        }
      }
    }

    private void decided(int node, Call call, Verdict verdict) {
      assertThat(call.verdict).as("decided once").isNull();
      call.decided(verdict);
      if (verdict instanceof Verdict.Grant grant) {
        holds.add(new Holding(node, grant.lease(), call.amount));
      } else if (calm
          && verdict instanceof Verdict.Refuse refuse
          && refuse.code() == ErrorCode.BUDGET_INSUFFICIENT) {
        assertThat(call.amount)
            .as("refused for good only for money that is spent")
            .isGreaterThan(LIMIT - spentAtAll());
      }
    }

    long spentAtAll() {
      return store.spent(store.window())
          + uncommitted.stream()
              .filter(charge -> charge.lease.window() == store.window())
              .mapToLong(Charge::cost)
              .sum();
    }

    /** Ends every hold, commits, answers, and closes every node. */
    void windDown() {
      while (!holds.isEmpty()) {
        endHold();
        collect();
      }
      while (!uncommitted.isEmpty()) {
        commit();
      }
      for (int round = 0; round < 200; round++) {
        now += WAIT / 20;
        for (int node = 0; node < nodes.size(); node++) {
          if (round == 150) {
            nodes.get(node).close(now);
          }
          nodes.get(node).tick(now);
          collect();
          answer(node);
          collect();
        }
        while (!holds.isEmpty()) {
          endHold();
          collect();
        }
        while (!uncommitted.isEmpty()) {
          commit();
        }
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597})
  void neverSpendsMoreThanTheLimitAndRefusesForGoodOnlyWhatDoesNotFit(long seed) {
    for (int nodes = 1; nodes <= 3; nodes++) {
      World world = new World(seed * 10 + nodes, nodes, true);
      for (int step = 0; step < STEPS; step++) {
        world.step();
        assertThat(world.spentAtAll()).isLessThanOrEqualTo(LIMIT);
      }
      world.windDown();
      assertThat(world.store.left()).as("what was granted and not spent").isZero();
      assertThat(world.calls).allMatch(call -> call.verdict != null);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {4, 6, 9, 10, 12, 14, 15, 16, 18, 20, 22, 24, 25, 26, 27, 28})
  void keepsItsBooksThroughResetsAndChangedLimitsAndExcesses(long seed) {
    for (int nodes = 1; nodes <= 3; nodes++) {
      World world = new World(seed * 10 + nodes, nodes, false);
      for (int step = 0; step < STEPS; step++) {
        world.step();
      }
      world.windDown();
      assertThat(world.store.left()).as("what was granted and not spent").isZero();
      assertThat(world.calls).allMatch(call -> call.verdict != null);
    }
  }
}
