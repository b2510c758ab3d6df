package dev.tollgate.spend;

import dev.tollgate.kernel.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the simulation takes for PostgreSQL does what PostgreSQL does: the same random commands to
 * both, over several budgets and nodes, and after each of them the same rows and the same answers.
 */
class StoreModelPropertiesIT {

  private static final int STEPS = 250;
  private static final long LIMIT = 20_000;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 5, 8, 13})
  void theModelOfTheSimulationDoesWhatTheFunctionsDo(long seed) {
    Random random = new Random(seed);
    List<String> told = new ArrayList<>();
    try (TwoStores stores = new TwoStores(LIMIT)) {
      List<TwoNodes> nodes = new ArrayList<>();
      for (int node = 0; node < 3; node++) {
        nodes.add(new TwoNodes(stores, Ids.next(), random));
      }
      for (int step = 0; step < STEPS; step++) {
        told.add(step(stores, nodes, random));
        stores.compare();
      }
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed %d, step %d, after%n%s%n%s"
              .formatted(
                  seed,
                  told.size(),
                  String.join("\n", told.subList(Math.max(0, told.size() - 12), told.size())),
                  e.getMessage()),
          e);
    }
  }

  private static String step(TwoStores stores, List<TwoNodes> nodes, Random random) {
    TwoNodes node = nodes.get(random.nextInt(nodes.size()));
    UUID budget = stores.budgets.get(random.nextInt(stores.budgets.size()));
    return switch (random.nextInt(43)) {
      case 0, 1, 2, 3, 4 -> node.open(budget);
      case 5, 6, 7, 8, 9, 10, 11 -> node.ask();
      case 12, 13, 14 -> node.giveBack();
      case 15, 16, 17, 18, 19, 20, 21, 22 -> node.settle();
      case 23 -> node.settleAgain();
      case 24, 25 -> node.recall(budget);
      case 26, 27 -> node.look();
      case 28 -> node.expire();
      case 29, 30 -> node.freeze();
      case 31, 32, 33 -> node.reverse();
      case 34 -> node.startOver();
      case 35 -> {
        nodes.add(new TwoNodes(stores, node.id(), random));
        yield "a process of " + node.id() + " starts";
      }
      case 36, 37, 38 -> {
        stores.fold();
        yield "leases that are over are added up";
      }
      default -> world(stores, budget, random);
    };
  }

  private static String world(TwoStores stores, UUID budget, Random random) {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> {
        Long limit = random.nextInt(4) == 0 ? null : (Long) random.nextLong(2 * LIMIT);
        stores.limit(budget, limit);
        yield "the limit of " + budget + " is " + limit;
      }
      case 3 -> {
        stores.reset(budget);
        yield budget + " is reset";
      }
      case 4 -> {
        stores.sleep();
        yield "a day goes by";
      }
      case 5, 6 -> {
        stores.backUp();
        yield "a backup is made";
      }
      default -> stores.restore() ? "the database is restored" : "there is no backup";
    };
  }
}
