package dev.tollgate.toolcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.Failure;
import dev.tollgate.toolcache.Cluster.Member;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random reads and writes over two nodes while Redis is flushed, cut off and silent: no read that
 * starts after a write was over returns what was there before it. More seeds by {@code
 * -Dtollgate.toolcache.seeds=N}.
 */
class FreshnessIT {

  private static final Duration RUN = Duration.ofSeconds(8);

  /** Until it has done as much as it must, on a machine that has other things to do. */
  private static final Duration LONGEST = Duration.ofSeconds(75);

  private static final int LEAST_WRITES = 20;
  private static final double LEAST_HITS = 0.5;

  private static final int SCOPES = 6;
  private static final int READERS = 2;
  private static final int VARIANTS = 4;

  /** A write in doubt was carried out, and nobody told the cache: marks keep it from answering. */
  private static final Duration SETTLED = Duration.ofMillis(600);

  private static final CacheConfig CONFIG =
      new CacheConfig(
          "test",
          8 << 20,
          1 << 20,
          Duration.ofMillis(250),
          Duration.ofMillis(150),
          Duration.ofSeconds(1),
          1.0,
          Duration.ofMillis(1_500),
          Duration.ZERO);

  static LongStream seeds() {
    return LongStream.range(0, Long.getLong("tollgate.toolcache.seeds", 2));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void noReadReturnsWhatWasThereBeforeAWriteThatWasOver(long seed) throws Exception {
    try (Cluster cluster = new Cluster();
        World world = new World(seed, cluster)) {
      world.run();
      assertThat(world.wrong).as("seed " + seed).isEmpty();
      assertThat(world.writes.get()).isGreaterThan(LEAST_WRITES);
      assertThat(world.hitRate()).as("seed " + seed + ": " + world).isGreaterThan(LEAST_HITS);
    }
  }

  /** What the upstream has of one organization. */
  private static final class Truth {
    final String organization;
    private final AtomicLong version = new AtomicLong();
    private final AtomicLong over = new AtomicLong();

    Truth(String organization) {
      this.organization = organization;
    }

    long change() {
      return version.incrementAndGet();
    }

    void over(long of) {
      over.accumulateAndGet(of, Math::max);
    }
  }

  private static final class World implements AutoCloseable {

    final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    final AtomicInteger writes = new AtomicInteger();
    final AtomicInteger refused = new AtomicInteger();
    final AtomicInteger reads = new AtomicInteger();
    final AtomicInteger hits = new AtomicInteger();
    final AtomicInteger bypassed = new AtomicInteger();

    private final long seed;
    private final Cluster cluster;
    private final List<Member> members;
    private final ScheduledExecutorService later = Executors.newScheduledThreadPool(2);
    private final long began;

    World(long seed, Cluster cluster) {
      this.seed = seed;
      this.cluster = cluster;
      this.members = List.of(cluster.join(CONFIG), cluster.join(CONFIG));
      for (Member member : members) {
        Truth probe = new Truth("probe");
        await()
            .atMost(Duration.ofMinutes(2))
            .until(() -> read(member, probe, new Random(seed)).status() == Cached.Status.HIT);
      }
      this.began = System.nanoTime();
    }

    void run() throws Exception {
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> all = new ArrayList<>();
        for (int scope = 0; scope < SCOPES; scope++) {
          Truth truth = new Truth("organization " + scope);
          for (Member member : members) {
            for (int reader = 0; reader < READERS; reader++) {
              Random random = new Random(seed * 1_000 + all.size());
              all.add(threads.submit(() -> reading(member, truth, random)));
            }
          }
          Random random = new Random(seed * 1_000 + all.size());
          all.add(threads.submit(() -> writing(truth, random)));
        }
        all.add(threads.submit(() -> havoc(new Random(seed))));
        for (Future<?> each : all) {
          each.get();
        }
      }
    }

    private boolean goesOn() {
      long past = System.nanoTime() - began;
      boolean enough = writes.get() > LEAST_WRITES && hitRate() > LEAST_HITS;
      return past < (enough ? RUN : LONGEST).toNanos();
    }

    private void reading(Member member, Truth truth, Random random) {
      while (goesOn()) {
        long over = truth.over.get();
        Cached answer = read(member, truth, random);
        long version =
            Long.parseLong(
                new String(answer.result(), StandardCharsets.UTF_8).replaceAll("[^0-9]", ""));
        reads.incrementAndGet();
        if (answer.status() == Cached.Status.HIT) {
          hits.incrementAndGet();
        } else if (answer.status() == Cached.Status.BYPASS) {
          bypassed.incrementAndGet();
        }
        if (version < over) {
          wrong.add(
              "%s at %s ms: %d after %d was over, %s of %s"
                  .formatted(
                      truth.organization,
                      (System.nanoTime() - began) / 1_000_000,
                      version,
                      over,
                      answer.status(),
                      answer.age()));
        }
        pace(random, 4);
      }
    }

    private Cached read(Member member, Truth truth, Random random) {
      String arguments = "{\"variant\":" + random.nextInt(VARIANTS) + "}";
      int before = random.nextInt(4);
      int after = random.nextInt(10) == 0 ? random.nextInt(400) : random.nextInt(4);
      Upstream slow =
          asking ->
              new Upstream.Running(
                  later(before)
                      .thenApply(waited -> truth.version.get())
                      .thenCompose(seen -> later(after).thenApply(waited -> answer(seen))),
                  () -> {});
      return member
          .cache()
          .read(FakeServer.call(FakeServer.key(truth.organization, arguments), slow))
          .join();
    }

    private static Upstream.Answer answer(long version) {
      return new Upstream.Answer(FakeServer.bytes("{\"content\":[" + version + "]}"), false);
    }

    private CompletableFuture<Boolean> later(int millis) {
      CompletableFuture<Boolean> later = new CompletableFuture<>();
      var _ = this.later.schedule(() -> later.complete(true), millis, TimeUnit.MILLISECONDS);
      return later;
    }

    private void writing(Truth truth, Random random) {
      while (goesOn()) {
        pace(random, 900);
        Member member = members.get(random.nextInt(members.size()));
        boolean inDoubt = random.nextInt(12) == 0;
        try {
          WriteTicket ticket =
              member
                  .cache()
                  .beforeWrite(truth.organization, "c1", false, Duration.ofMillis(200))
                  .join();
          writes.incrementAndGet();
          if (inDoubt) {
            doubtful(truth, ticket, random);
          } else {
            pace(random, 60);
            long version = truth.change();
            pace(random, 60);
            ticket.after(WriteTicket.Outcome.ANSWERED).toCompletableFuture().join();
            truth.over(version);
          }
        } catch (CompletionException e) {
          assertThat(e.getCause()).isInstanceOf(Failure.class);
          refused.incrementAndGet();
        }
      }
    }

    /** Timed out for its caller, and carried out later. */
    private void doubtful(Truth truth, WriteTicket ticket, Random random) {
      ticket.after(WriteTicket.Outcome.IN_DOUBT).toCompletableFuture().join();
      var _ =
          later(random.nextInt(1_000))
              .thenApply(waited -> truth.change())
              .thenCompose(version ->
                  later((int) SETTLED.toMillis()).thenAccept(waited -> truth.over(version)));
    }

    private void havoc(Random random) {
      while (goesOn()) {
        pace(random, 1_500);
        Member one = members.get(random.nextInt(members.size()));
        switch (random.nextInt(6)) {
          case 0, 1 -> cluster.flush();
          case 2, 3 -> broken(random, () -> one.cable().cut(), () -> one.cable().mend());
          case 4 -> broken(random, () -> one.cable().silence(), () -> one.cable().mend());
          default ->
              broken(
                  random,
                  () -> members.forEach(member -> member.cable().cut()),
                  () -> members.forEach(member -> member.cable().mend()));
        }
      }
    }

    private static void broken(Random random, Runnable cut, Runnable mend) {
      cut.run();
      pace(random, 700);
      mend.run();
    }

    /** The pace of the load, which no assertion waits for. */
    private static void pace(Random random, int millis) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(millis)));
    }

    double hitRate() {
      return hits.get() / (double) reads.get();
    }

    @Override
    public String toString() {
      return "%s reads, %s hits, %s past it, %s writes, %s refused"
          .formatted(reads, hits, bypassed, writes, refused);
    }

    @Override
    public void close() {
      later.shutdownNow();
    }
  }
}
