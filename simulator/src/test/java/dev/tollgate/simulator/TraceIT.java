package dev.tollgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceIT {

  @TempDir private Path directory = Path.of("");

  @Test
  void reportsTheTracesRowsOverAndOver() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("trace.csv"),
            "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03,4808,10\nx,374,144\n");
    try (Simulator simulator = Simulator.start(SimulatorConfig.DEFAULT.withTrace(file))) {
      assertThat(answer(simulator))
          .contains("\"input_tokens\":4808")
          .contains("\"output_tokens\":10");
      assertThat(answer(simulator)).contains("\"input_tokens\":374").contains("tokens\":144");
      assertThat(answer(simulator)).contains("\"input_tokens\":4808");
    }
  }

  @Test
  void refusesAFileThatIsNoTrace() throws Exception {
    Path file = Files.writeString(directory.resolve("other.csv"), "a,b\n1,2\n");

    assertThatThrownBy(() -> Trace.read(file)).hasMessageContaining("ContextTokens");
  }

  @Test
  void refusesToFollowATraceThatItWasNotGiven() throws Exception {
    try (Simulator simulator = Simulator.start()) {
      String answer =
          new String(
              Raw.post(
                      simulator.url() + "/v1/messages",
                      Raw.ask("[[sim: input-tokens=trace]]", false))
                  .body(),
              StandardCharsets.UTF_8);
      assertThat(answer).contains("--trace");
    }
  }

  private static String answer(Simulator simulator) throws Exception {
    return new String(
        Raw.post(simulator.url() + "/v1/messages", Raw.ask("Hi", false)).body(),
        StandardCharsets.UTF_8);
  }
}
