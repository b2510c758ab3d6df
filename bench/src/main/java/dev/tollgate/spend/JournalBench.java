package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A batch of a hundred rows, 40 KB, appended; and one that is on the disk before it returns. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class JournalBench {

  private final ByteBuffer payload = ByteBuffer.allocate(40_000);
  private final Path directory = Scratch.make();
  private final Journal journal =
      Journal.open(directory, JournalBounds.DEFAULT, new UUID(1, 2), BootId.read(), Clock.system());
  private long batch;

  @TearDown
  public void delete() throws IOException {
    journal.close();
    Scratch.delete(directory);
  }

  @Benchmark
  public void append() {
    journal.append(++batch, 1, 100, payload);
    journal.acknowledged(batch);
  }

  @Benchmark
  public void appendAndForce() {
    journal.append(++batch, 1, 100, payload);
    journal.force();
    journal.acknowledged(batch);
  }
}
