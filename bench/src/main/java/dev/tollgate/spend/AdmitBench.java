package dev.tollgate.spend;

import dev.tollgate.bench.Counter;
import dev.tollgate.kernel.Ids;
import dev.tollgate.tenancy.OrgScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A call held in the budgets of its key, project and organization, entered in the table of holds,
 * and ended: everything but the commit.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class AdmitBench {

  private static final Proposal<String> PROPOSAL = new Proposal.Take<>(new Money(1_000), "plan");

  private final UUID call = Ids.next();
  private final Path directory = Scratch.make();
  private final Counter counter = Counter.open(directory);
  private final OrgScope scope = counter.threeBudgets(Money.ofCents(100_000_000));

  /** A slice that lasts: what one large call left. */
  @Setup(Level.Iteration)
  public void fill() {
    counter
        .spend()
        .admit(scope, call, 1, _ -> new Proposal.Take<>(Money.ofCents(1_000), "fill"))
        .map(admission -> {
          if (admission instanceof Admission.Granted<String> granted) {
            counter.spend().release(granted.hold());
          }
          return true;
        })
        .await();
  }

  @TearDown
  public void delete() throws IOException {
    counter.close();
    Scratch.delete(directory);
  }

  @Benchmark
  @Threads(1)
  public boolean one() {
    return holdAndEnd();
  }

  @Benchmark
  @Threads(8)
  public boolean eight() {
    return holdAndEnd();
  }

  private boolean holdAndEnd() {
    Admission<String> admission = counter.spend().admit(scope, call, 1, _ -> PROPOSAL).result();
    if (admission instanceof Admission.Granted<String> granted) {
      counter.spend().release(granted.hold());
      return true;
    }
    return false;
  }
}
