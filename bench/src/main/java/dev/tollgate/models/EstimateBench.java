package dev.tollgate.models;

import dev.tollgate.spend.ByteCounts;
import dev.tollgate.spend.CallShape;
import dev.tollgate.spend.Estimate;
import dev.tollgate.spend.Estimator;
import dev.tollgate.spend.Factors;
import dev.tollgate.spend.ModelEntry;
import dev.tollgate.spend.PriceCatalogue;
import dev.tollgate.spend.UnboundedInput;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.core.json.JsonFactory;

/** What a bound costs: the scan of a body, the classes of its bytes, and the estimate itself. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class EstimateBench {

  private static final JsonFactory JSON = RequestScan.factory(64);
  private static final Set<String> POLICY = Set.of("model", "messages");
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final Estimator ESTIMATOR = new Estimator(UnboundedInput.WINDOW);

  private static final String PROSE = "It had rained all week, so the path was soft. ";
  private static final String CHINESE = "渡轮早上七点离开";

  /** Of the text between quotation marks. */
  @Param({"1024", "16384"})
  public int bytes;

  @Param({"prose", "chinese"})
  public String text = "";

  private final ModelEntry model =
      Objects.requireNonNull(PriceCatalogue.load(null).find("anthropic", "claude-sonnet-5-5"));

  private BodyBytes body = body("", 0);
  private RequestScan scanned = RequestScan.of(JSON, body, POLICY);
  private CallShape shape = shape(scanned);

  @Setup
  public void read() {
    body = body(text.equals("prose") ? PROSE : CHINESE, bytes);
    scanned = scan();
    shape = shape(scanned);
  }

  private static BodyBytes body(String unit, int bytes) {
    int length = Math.max(1, unit.getBytes(StandardCharsets.UTF_8).length);
    String json =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\""
            + unit.repeat(bytes / length)
            + "\"}]}";
    return BodyBytes.of(json.getBytes(StandardCharsets.UTF_8));
  }

  private static CallShape shape(RequestScan scan) {
    return new CallShape(
        new CallShape.Input(
            scan.textBytes(),
            scan.byteCounts(),
            1,
            0,
            0,
            0,
            0,
            false,
            CallShape.CacheWrite.FIVE_MINUTES),
        new CallShape.Output(1_000L, 1, new CallShape.Thinking.Unsaid(), null),
        new CallShape.Terms(null, null, null, Map.of()),
        new CallShape.Features(false, false, false, false, List.of()));
  }

  /** As it was before bytes had classes. */
  @Benchmark
  public RequestScan scan() {
    return RequestScan.of(JSON, body, POLICY);
  }

  @Benchmark
  public ByteCounts classes() {
    return scanned.byteCounts();
  }

  @Benchmark
  public Estimate bound() {
    return ESTIMATOR.bound(model, shape, NOW, Factors.PROVEN);
  }
}
