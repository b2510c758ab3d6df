package dev.tollgate.pooling;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Makes things when the test says so, and knows which are alive; for one thread. */
final class Workshop implements Resources<String, Workshop.Thing> {

  /** What is pooled. */
  static final class Thing {
    final String key;
    final int number;
    boolean works = true;
    int closed;

    Thing(String key, int number) {
      this.key = key;
      this.number = number;
    }

    @Override
    public String toString() {
      return key + number;
    }
  }

  /** What was asked for and is not there yet. */
  record Order(String key, CompletableFuture<Thing> thing) {}

  final List<Thing> made = new ArrayList<>();
  final List<Order> orders = new ArrayList<>();
  final Map<String, Integer> ordered = new HashMap<>();

  @Override
  public CompletionStage<Thing> create(String key) {
    CompletableFuture<Thing> order = new CompletableFuture<>();
    orders.add(new Order(key, order));
    ordered.merge(key, 1, Integer::sum);
    return order;
  }

  /** Ends the oldest order of {@code key}. */
  Thing deliver(String key) {
    CompletableFuture<Thing> order = take(key);
    Thing thing = new Thing(key, made.size());
    made.add(thing);
    order.complete(thing);
    return thing;
  }

  void fail(String key, RuntimeException why) {
    take(key).completeExceptionally(why);
  }

  void deliverAll() {
    while (!orders.isEmpty()) {
      deliver(orders.getFirst().key());
    }
  }

  private CompletableFuture<Thing> take(String key) {
    for (int i = 0; i < orders.size(); i++) {
      if (orders.get(i).key().equals(key)) {
        return orders.remove(i).thing();
      }
    }
    throw new AssertionError("nothing of " + key + " was asked for");
  }

  @Override
  public CompletionStage<Void> close(String key, Thing thing) {
    thing.closed++;
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public boolean usable(Thing thing) {
    return thing.works;
  }

  /** Keys of one first letter are a group. */
  @Override
  public Object group(String key) {
    return key.substring(0, 1);
  }

  List<Thing> alive() {
    return made.stream().filter(thing -> thing.closed == 0).toList();
  }

  long alive(String prefix) {
    return alive().stream().filter(thing -> thing.key.startsWith(prefix)).count();
  }
}
