package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo against this very gateway, each in a process of its own. */
class DemoIT {

  private static final long PATIENCE_SECONDS = 150;

  @TempDir private Path temporary = Path.of("");

  @Test
  void checksEveryStepAndLeavesNothingBehind() throws Exception {
    Process demo = new ProcessBuilder(command()).redirectErrorStream(true).start();
    String told = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(demo.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(demo.exitValue()).as(told).isZero();
    assertThat(told)
        .contains("x-tollgate-downgraded: premium_threshold")
        .contains("x-tollgate-downgraded: standard_threshold")
        .contains("429 billing_error")
        .contains("429 organization_spend_limit_exceeded")
        .contains("the books balance: 10 entries")
        .containsPattern("✓ Acme +get_ticket 42 +miss +open +1\n")
        .containsPattern("✓ Acme +get_ticket 42 +hit +open +1\n")
        .containsPattern("✓ Acme +get_ticket 42 +miss +closed +3\n")
        .containsPattern("✓ Globex +get_ticket 42 +miss +closed +4\n")
        .containsPattern("✓ Acme +12 × get_ticket 7 +1 miss, 11 hits +open +5\n")
        .contains("Every step was checked.");
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.filter(file -> file.toString().contains("tollgate-demo"))).isEmpty();
    }
  }

  private List<String> command() {
    String classPath = System.getProperty("java.class.path");
    List<String> gateway = new ArrayList<>(TryOut.java());
    gateway.addAll(List.of("-cp", classPath, Main.class.getName()));
    List<String> command = new ArrayList<>(TryOut.java());
    command.addAll(
        List.of("-Djava.io.tmpdir=" + temporary, "-cp", TryOut.classPath(), TryOut.DEMO));
    gateway.forEach(word -> command.add("--gateway-command=" + word));
    return command;
  }
}
