package dev.tollgate.spend;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many seeds of the simulation of the money room, on all cores. A seed that breaks an invariant is
 * printed with the end of its trace, and the status is 1.
 *
 * <p>Arguments: how many seeds (10,000), and the first (1).
 */
public final class SimulationBench {

  private static final int TOLD = 1_000;

  private final long from;
  private final long seeds;
  private final AtomicLong next = new AtomicLong();
  private final AtomicLong steps = new AtomicLong();
  private final AtomicLong calls = new AtomicLong();
  private final Queue<Long> broken = new ConcurrentLinkedQueue<>();

  private SimulationBench(long seeds, long from) {
    this.seeds = seeds;
    this.from = from;
  }

  public static void main(String[] arguments) throws InterruptedException {
    SimulationBench bench =
        new SimulationBench(argument(arguments, 0, 10_000), argument(arguments, 1, 1));
    long start = System.nanoTime();
    bench.run();
    System.out.printf(
        "%,d seeds from %d: %,d events, %,d calls, %,d s; %d broke an invariant%s%n",
        bench.seeds,
        bench.from,
        bench.steps.get(),
        bench.calls.get(),
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start),
        bench.broken.size(),
        bench.broken.isEmpty() ? "" : ": " + bench.broken.stream().sorted().toList());
    if (!bench.broken.isEmpty()) {
      System.exit(1);
    }
  }

  private static long argument(String[] arguments, int at, long preset) {
    return arguments.length > at ? Long.parseLong(arguments[at]) : preset;
  }

  private void run() throws InterruptedException {
    int cores = Runtime.getRuntime().availableProcessors();
    try (ExecutorService threads = Executors.newFixedThreadPool(cores)) {
      for (int core = 0; core < cores; core++) {
        threads.execute(this::seeds);
      }
      threads.shutdown();
      threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    }
  }

  private void seeds() {
    for (long at = next.getAndIncrement(); at < seeds; at = next.getAndIncrement()) {
      try {
        Simulation.Report report = Simulation.run(from + at);
        steps.addAndGet(report.steps());
        calls.addAndGet(report.calls());
      } catch (AssertionError e) {
        broken.add(from + at);
        System.out.println(e.getMessage());
      }
      if ((at + 1) % TOLD == 0) {
        System.out.printf("%,d%n", at + 1);
      }
    }
  }
}
