package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo against this very gateway, each in a process of its own. */
class DemoIT {

  private static final long PATIENCE_SECONDS = 150;

  /** Whether it was checked; caller, call, cache and answer; how many have reached the server. */
  private static final Pattern TOOL_CALL =
      Pattern.compile(
          "^ +(✓?) +(Acme|Globex) +(\\w+ 42|12 × \\w+)(?: \\d+)?"
              + " +(|hit|miss|bypass|\\d+ miss, \\d+ hits) +(open|closed) +(\\d+)"
              + "(?: +asked again)?$",
          Pattern.MULTILINE);

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
        .contains("Every step was checked.");
    assertTools(told);
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.filter(file -> file.toString().contains("tollgate-demo"))).isEmpty();
    }
  }

  /**
   * On a busy machine some calls are made again: they count, and these are checked all the same.
   */
  private static void assertTools(String told) {
    List<String> checked = new ArrayList<>();
    int reached = 0;
    for (MatchResult row : TOOL_CALL.matcher(told).results().toList()) {
      reached += passedOn(row.group(4));
      assertThat(row.group(6)).as(told).isEqualTo(Integer.toString(reached));
      if (!row.group(1).isEmpty()) {
        checked.add(String.join(" ", row.group(2), row.group(3), row.group(4), row.group(5)));
      }
    }
    assertThat(checked)
        .as(told)
        .containsExactly(
            "Acme get_ticket 42 miss open",
            "Acme get_ticket 42 hit open",
            "Acme update_ticket 42  closed",
            "Acme get_ticket 42 miss closed",
            "Globex get_ticket 42 miss closed",
            "Acme 12 × get_ticket 1 miss, 11 hits open");
  }

  /** How many calls reached the server. */
  private static int passedOn(String cache) {
    return switch (cache) {
      case "hit" -> 0;
      case "", "miss", "bypass" -> 1;
      default -> Integer.parseInt(cache.substring(0, cache.indexOf(' ')));
    };
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
