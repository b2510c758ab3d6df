package dev.tollgate.spend;

import dev.tollgate.kernel.Ids;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** A hold entered in the table and ended: three leases, beside so many that are open. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class HoldTableBench {

  /** How many holds are open meanwhile. */
  @Param({"0", "2000", "60000"})
  public int others;

  private final UUID call = Ids.next();
  private final Path directory = Scratch.make();
  private final HoldTable table =
      HoldTable.open(
          directory, HoldTable.DEFAULT_CAPACITY, new UUID(1, 2), BootId.read(), Instant.now());

  @Setup
  public void fill() {
    for (int i = 0; i < others; i++) {
      table.open(call, i, 1_000, 1);
    }
  }

  @TearDown
  public void delete() throws IOException {
    Scratch.delete(directory);
  }

  @Benchmark
  @Threads(1)
  public void one() {
    openAndClose();
  }

  @Benchmark
  @Threads(8)
  public void eight() {
    openAndClose();
  }

  private void openAndClose() {
    table.close(table.open(call, 0, 1_000_000, 11, 12, 13));
  }
}
