package dev.tollgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The simulator as a process of its own. */
class MainIT {

  private static final long PATIENCE_SECONDS = 30;

  @Test
  void endsWithItsParent() throws Exception {
    Process process = start("--with-parent", "--output-tokens", "9");
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      String answer =
          new String(
              Raw.post(url(output) + "/v1/messages", Raw.ask("Hi", false)).body(),
              StandardCharsets.UTF_8);
      assertThat(answer).contains("\"output_tokens\":9");
      process.getOutputStream().close();
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void endsWhenItIsTold() throws Exception {
    Process process = start();
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(url(output)).matches("http://127.0.0.1:\\d+");
      process.destroy();
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void saysWhatIsWrongWithAWord() throws Exception {
    Process process = start("--status", "99");
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(2);
    assertThat(errors).contains("status=99 is not a number from 400 to 599");
  }

  private static String url(BufferedReader output) throws IOException {
    String line = String.valueOf(output.readLine());
    assertThat(line).startsWith("simulator listening on ");
    return line.substring("simulator listening on ".length());
  }

  private static Process start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).start();
  }
}
