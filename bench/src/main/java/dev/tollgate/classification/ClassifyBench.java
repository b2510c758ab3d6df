package dev.tollgate.classification;

import java.nio.charset.StandardCharsets;
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

/** What a call for {@code auto} pays to be sorted: its body read, and its prompt classified. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ClassifyBench {

  private static final String ASK = "Find the root cause of these timeouts, and propose a fix.";
  private static final String ENGLISH = "The path was soft, for it had rained all week. ";
  private static final String KOREAN = "일주일 내내 비가 와서 길이 질었다. ";

  private final Classifier classifier = Classifier.standard();

  @Param({"1024", "102400"})
  public int bytes;

  /** One turn that is long, or many that are short, the last of which asks. */
  @Param({"turn", "turns"})
  public String shape = "";

  @Param({"english", "korean"})
  public String text = "";

  private byte[] body = {};
  private Prompt prompt = Prompt.of("{}".getBytes(StandardCharsets.UTF_8));

  @Setup
  public void write() {
    String unit = text.equals("english") ? ENGLISH : KOREAN;
    int length = unit.getBytes(StandardCharsets.UTF_8).length;
    StringBuilder json = new StringBuilder("{\"model\":\"auto\",\"messages\":[");
    if (shape.equals("turns")) {
      for (int i = 0; i < bytes / 1024; i++) {
        String role = i % 2 == 0 ? "user" : "assistant";
        turn(json, role, unit.repeat(1024 / length)).append(',');
      }
      turn(json, "user", ASK);
    } else {
      turn(json, "user", ASK + "\\n\\n" + unit.repeat(bytes / length));
    }
    body = json.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    prompt = Prompt.of(body);
  }

  private static StringBuilder turn(StringBuilder json, String role, String content) {
    return json.append("{\"role\":\"")
        .append(role)
        .append("\",\"content\":\"")
        .append(content)
        .append("\"}");
  }

  /** Reading alone. */
  @Benchmark
  public Prompt read() {
    return Prompt.of(body);
  }

  /** Classifying alone. */
  @Benchmark
  public Verdict classify() {
    return classifier.classify(prompt);
  }

  /** Both, as a call pays them. */
  @Benchmark
  public Verdict whole() {
    return classifier.classify(Prompt.of(body));
  }
}
