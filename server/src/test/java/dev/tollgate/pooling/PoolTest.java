package dev.tollgate.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.pooling.PoolConfig.Bounds;
import dev.tollgate.pooling.PoolConfig.Times;
import dev.tollgate.pooling.PoolListener.Reason;
import dev.tollgate.pooling.Workshop.Thing;
import dev.tollgate.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PoolTest {

  private static final Duration TICK = Duration.ofMillis(1);

  private final ManualClock clock = new ManualClock();
  private final ManualTimer timer = new ManualTimer(clock);
  private final Workshop workshop = new Workshop();
  private final List<String> heard = new ArrayList<>();

  private final PoolListener<String> listener =
      new PoolListener<>() {
        @Override
        public void acquired(String key, long waitedNanos) {
          heard.add("acquired " + key + " " + Duration.ofNanos(waitedNanos).toMillis());
        }

        @Override
        public void timedOut(String key) {
          heard.add("timed out " + key);
        }

        @Override
        public void closed(String key, Reason reason) {
          heard.add("closed " + key + " " + reason);
        }
      };

  @Test
  void makesOneForTheFirstCallerAndThenTheMinimum() {
    Pool<String, Thing> pool = open(2, 5, 5);
    CompletableFuture<Lease<Thing>> first = pool.acquire("a");
    assertThat(workshop.ordered).containsEntry("a", 1);
    Thing made = workshop.deliver("a");
    assertThat(first.join().resource()).isSameAs(made);
    assertThat(workshop.ordered).containsEntry("a", 2);
  }

  @Test
  void lendsWhatWasGivenBackAtOnce() {
    Pool<String, Thing> pool = open(1, 5, 5);
    Lease<Thing> lease = acquired(pool, "a");
    Thing thing = lease.resource();
    lease.close();
    lease.close();
    assertThat(pool.acquire("a").join().resource()).isSameAs(thing);
    assertThat(workshop.ordered).containsEntry("a", 1);
    assertThatThrownBy(lease::resource).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatIsSetApartMakesRoomAndIsClosedWhenItComesBack() {
    Pool<String, Thing> pool = open(0, 1, 1);
    Lease<Thing> lease = acquired(pool, "a");
    Thing thing = lease.resource();
    CompletableFuture<Lease<Thing>> next = pool.acquire("a");
    lease.setApart();
    Thing other = workshop.deliver("a");
    assertThat(next.join().resource()).isSameAs(other);
    assertThat(pool.census(key -> true).active()).isEqualTo(1);
    assertThat(thing.closed).isZero();
    lease.close();
    assertThat(thing.closed).isEqualTo(1);
    assertThat(heard).contains("closed a " + Reason.SET_APART);
  }

  @Test
  void aDrainedKeyWaitsForWhatIsSetApartButNotForever() {
    Pool<String, Thing> pool = open(0, 1, 1);
    Lease<Thing> lease = acquired(pool, "a");
    Thing thing = lease.resource();
    lease.setApart();
    var drained = pool.drain("a").toCompletableFuture();
    assertThat(drained).isNotDone();
    timer.advance(Times.DEFAULT.drain());
    assertThat(drained).isCompleted();
    assertThat(thing.closed).isEqualTo(1);
    lease.close();
    assertThat(thing.closed).isEqualTo(1);
  }

  @Test
  void servesWaitersInTheOrderInWhichTheyCame() {
    Pool<String, Thing> pool = open(1, 1, 1);
    Lease<Thing> lease = acquired(pool, "a");
    List<CompletableFuture<Lease<Thing>>> line = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      line.add(pool.acquire("a"));
    }
    for (CompletableFuture<Lease<Thing>> next : line) {
      assertThat(line.stream().filter(CompletableFuture::isDone)).isEmpty();
      lease.close();
      assertThat(next).isDone();
      line = line.subList(1, line.size());
      lease = next.join();
    }
  }

  @Test
  void neverServesWhoTimedOutOrCancelled() {
    Pool<String, Thing> pool = open(1, 1, 1);
    Lease<Thing> lease = acquired(pool, "a");
    CompletableFuture<Lease<Thing>> late = pool.acquire("a");
    timer.advance(Duration.ofSeconds(3));
    CompletableFuture<Lease<Thing>> cancelled = pool.acquire("a");
    CompletableFuture<Lease<Thing>> patient = pool.acquire("a");
    timer.advance(Duration.ofSeconds(2));
    assertThat(refusal(late)).isEqualTo(PoolRefused.Reason.TIMED_OUT);
    cancelled.cancel(false);
    lease.close();
    assertThat(patient).isCompleted();
    assertThat(heard).contains("timed out a", "acquired a 2000");
    assertThat(pool.census(key -> true)).isEqualTo(new Census(1, 0, 0, 0, 1));
  }

  @Test
  void passesOnWhatACallerThatCancelsMeanwhileWouldHaveGot() {
    Pool<String, Thing> pool = open(1, 1, 1);
    Lease<Thing> lease = acquired(pool, "a");
    CompletableFuture<Lease<Thing>> first = pool.acquire("a");
    CompletableFuture<Lease<Thing>> second = pool.acquire("a");
    CompletableFuture<Lease<Thing>> third = pool.acquire("a");
    // The second is decided on when the first gives back, and gives up before it is told.
    var _ =
        first.thenAccept(got -> {
          got.close();
          second.cancel(false);
        });
    lease.close();
    assertThat(second).isCancelled();
    assertThat(third).isCompleted();
    assertThat(pool.census("a"::equals)).isEqualTo(new Census(1, 0, 0, 0, 1));
  }

  @Test
  void failsAllWhoWaitedWhenNothingCanBeMade() {
    Pool<String, Thing> pool = open(1, 2, 2);
    List<CompletableFuture<Lease<Thing>>> callers =
        List.of(pool.acquire("a"), pool.acquire("a"), pool.acquire("a"));
    workshop.fail("a", new IllegalStateException("down"));
    assertThat(callers.stream().filter(CompletableFuture::isDone)).hasSize(1);
    workshop.fail("a", new IllegalStateException("down"));
    assertThat(callers.getFirst()).failsWithin(Duration.ZERO);
    workshop.fail("a", new IllegalStateException("down"));
    assertThat(callers).allMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(pool.census(key -> true)).isEqualTo(new Census(0, 0, 0, 0, 2));
  }

  @Test
  void countsAsFailedWhatTakesTooLongToMakeAndClosesItWhenItComes() {
    Pool<String, Thing> pool = open(1, 1, 1);
    CompletableFuture<Lease<Thing>> caller = pool.acquire("a");
    timer.advance(Duration.ofSeconds(10));
    assertThat(caller).isCompletedExceptionally();
    assertThat(workshop.deliver("a").closed).isEqualTo(1);
    assertThat(pool.census(key -> true).active()).isZero();
  }

  @Test
  void discardsWhatDoesNotWorkAnyMore() {
    Pool<String, Thing> pool = open(1, 2, 2);
    Lease<Thing> lease = acquired(pool, "a");
    Thing broken = lease.resource();
    lease.discard();
    assertThat(broken.closed).isEqualTo(1);
    Lease<Thing> other = acquired(pool, "a");
    Thing dead = other.resource();
    other.close();
    dead.works = false;
    CompletableFuture<Lease<Thing>> third = pool.acquire("a");
    assertThat(dead.closed).isEqualTo(1);
    assertThat(third.isDone()).isFalse();
    assertThat(heard).containsSequence("closed a BROKEN");
  }

  @Test
  void keepsTheMinimumWhileTheKeyIsUsedAndNothingWhenItIsNot() {
    Pool<String, Thing> pool = open(2, 5, 5);
    List<Lease<Thing>> leases = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      leases.add(acquired(pool, "a"));
    }
    leases.forEach(Lease::close);
    for (int minute = 0; minute < 16; minute++) {
      pool.acquire("a").join().close();
      timer.advance(Duration.ofMinutes(1));
    }
    assertThat(workshop.alive("a")).isEqualTo(2);
    timer.advance(Duration.ofMinutes(16));
    assertThat(workshop.alive("a")).isZero();
    assertThat(pool.census(key -> true)).isEqualTo(Census.NONE);
  }

  @Test
  void closesWhatIsOldAsSoonAsNobodyHasIt() {
    Pool<String, Thing> pool = open(1, 1, 1);
    Lease<Thing> lease = acquired(pool, "a");
    Thing old = lease.resource();
    timer.advance(Duration.ofHours(2));
    assertThat(old.closed).isZero();
    CompletableFuture<Lease<Thing>> next = pool.acquire("a");
    lease.close();
    assertThat(old.closed).isEqualTo(1);
    assertThat(workshop.deliver("a")).isSameAs(next.join().resource());
    assertThat(heard).contains("closed a AGED");
  }

  @Test
  void growsWhileCallersWaitTooLongAndShrinksWhenTheyDoNot() {
    Pool<String, Thing> pool = open(1, 2, 4);
    List<Lease<Thing>> leases = new ArrayList<>(List.of(acquired(pool, "a"), acquired(pool, "a")));
    List<CompletableFuture<Lease<Thing>>> line = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      line.add(pool.acquire("a"));
      timer.advance(Duration.ofMillis(60));
    }
    assertThat(pool.census("a"::equals).limit()).isEqualTo(4);
    workshop.deliverAll();
    assertThat(workshop.alive("a")).isEqualTo(4);
    leases.forEach(Lease::close);
    line.forEach(got -> got.join().close());
    timer.advance(Duration.ofMinutes(2));
    assertThat(pool.census("a"::equals).limit()).isEqualTo(2);
    assertThat(workshop.alive("a")).isEqualTo(2);
  }

  @Test
  void drainsAKeyAndClosesWhatComesBack() {
    Pool<String, Thing> pool = open(2, 2, 2);
    Lease<Thing> lent = acquired(pool, "a");
    Thing busy = lent.resource();
    workshop.deliverAll();
    Lease<Thing> second = pool.acquire("a").join();
    CompletableFuture<Lease<Thing>> waiting = pool.acquire("a");
    second.close();
    second = waiting.join();
    CompletableFuture<Lease<Thing>> refused = pool.acquire("a");
    CompletableFuture<Void> drained = pool.drain("a").toCompletableFuture();
    assertThat(refusal(refused)).isEqualTo(PoolRefused.Reason.DRAINED);
    second.close();
    assertThat(drained).isNotDone();
    lent.close();
    assertThat(drained).isCompleted();
    assertThat(busy.closed).isEqualTo(1);
    assertThat(workshop.alive()).isEmpty();
    assertThat(pool.acquire("a").isDone()).isFalse();
  }

  @Test
  void closesWhatIsLentWhenADrainTakesTooLong() {
    Pool<String, Thing> pool = open(1, 2, 2);
    Lease<Thing> lent = acquired(pool, "a");
    Thing busy = lent.resource();
    CompletableFuture<Void> drained = pool.drain("a").toCompletableFuture();
    timer.advance(Duration.ofSeconds(30));
    assertThat(drained).isCompleted();
    assertThat(busy.closed).isEqualTo(1);
    lent.close();
    assertThat(busy.closed).isEqualTo(1);
  }

  @Test
  void makesRoomForAKeyThatHasNothing() {
    Pool<String, Thing> pool = open(new Bounds(0, 2, 2, 2, 3, 1, 10));
    Lease<Thing> first = acquired(pool, "a1");
    Lease<Thing> second = acquired(pool, "a1");
    CompletableFuture<Lease<Thing>> poor = pool.acquire("a2");
    CompletableFuture<Lease<Thing>> rich = pool.acquire("a1");
    assertThat(workshop.orders).isEmpty();
    first.close();
    assertThat(heard).contains("closed a1 DISPLACED");
    assertThat(rich.isDone()).isFalse();
    workshop.deliver("a2");
    assertThat(poor.isDone()).isTrue();
    second.close();
    assertThat(rich.isDone()).isTrue();
  }

  @Test
  void sharesAResourceUpToItsBound() {
    Pool<String, Thing> pool = open(new Bounds(0, 1, 1, 9, 9, 2, 10));
    Lease<Thing> one = acquired(pool, "a");
    Lease<Thing> two = pool.acquire("a").join();
    CompletableFuture<Lease<Thing>> three = pool.acquire("a");
    assertThat(two.resource()).isSameAs(one.resource());
    assertThat(three.isDone()).isFalse();
    one.discard();
    assertThat(two.resource().closed).isZero();
    two.close();
    assertThat(workshop.alive()).isEmpty();
    assertThat(workshop.deliver("a")).isSameAs(three.join().resource());
  }

  @Test
  void refusesWhenTooManyWait() {
    Pool<String, Thing> pool = open(new Bounds(0, 1, 1, 9, 9, 1, 1));
    CompletableFuture<Lease<Thing>> first = pool.acquire("a");
    assertThat(refusal(pool.acquire("a"))).isEqualTo(PoolRefused.Reason.CROWDED);
    assertThat(first.isDone()).isFalse();
  }

  @Test
  void keepsNothingArmedAfterItWasClosed() {
    Pool<String, Thing> pool = open(2, 5, 5);
    acquired(pool, "a").close();
    workshop.deliverAll();
    CompletableFuture<Void> closed = pool.close().toCompletableFuture();
    assertThat(closed).isCompleted();
    timer.advance(Duration.ofMinutes(2));
    assertThat(timer.pending()).isZero();
    assertThat(workshop.alive()).isEmpty();
    assertThat(refusal(pool.acquire("a"))).isEqualTo(PoolRefused.Reason.DRAINED);
  }

  @Test
  void servesTenThousandOnOneStack() {
    Pool<String, Thing> pool = open(1, 1, 1);
    List<CompletableFuture<Void>> callers = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      callers.add(pool.acquire("a").thenAccept(Lease::close));
    }
    workshop.deliver("a");
    assertThat(callers).allMatch(caller -> caller.isDone() && !caller.isCompletedExceptionally());
    assertThat(workshop.made).hasSize(1);
  }

  private Pool<String, Thing> open(int min, int max, int hardMax) {
    return open(new Bounds(min, max, hardMax, 100, 100, 1, 10_000));
  }

  private Pool<String, Thing> open(Bounds bounds) {
    return Pool.open(new PoolConfig(bounds, Times.DEFAULT), workshop, listener, timer, clock);
  }

  private Lease<Thing> acquired(Pool<String, Thing> pool, String key) {
    CompletableFuture<Lease<Thing>> lease = pool.acquire(key);
    timer.advance(TICK);
    if (!lease.isDone()) {
      workshop.deliver(key);
    }
    return lease.join();
  }

  private static PoolRefused.Reason refusal(CompletableFuture<?> acquired) {
    assertThat(acquired).isCompletedExceptionally();
    return ((PoolRefused) acquired.exceptionNow()).reason();
  }
}
