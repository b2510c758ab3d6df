package dev.tollgate.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A demo that cannot go well says so, and leaves nothing behind. */
class FailureIT {

  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final long PATIENCE_SECONDS = 60;

  @TempDir private Path temporary = Path.of("");

  @Test
  void showsTheLastWordsOfAGatewayThatDoesNotStart() throws Exception {
    Process demo =
        new ProcessBuilder(
                List.of(
                    JAVA.toString(),
                    "-Djava.io.tmpdir=" + temporary,
                    "-cp",
                    System.getProperty("java.class.path"),
                    Main.class.getName(),
                    "--gateway-command=" + JAVA,
                    "--gateway-command=--no-such-option"))
            .redirectErrorStream(true)
            .start();
    String told = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(demo.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(demo.exitValue()).isEqualTo(1);
    assertThat(told)
        .contains("✗ A gateway, an organization, a budget")
        .contains("the gateway ended while it started")
        .contains("Unrecognized option: --no-such-option")
        .doesNotContain("\u001b[");
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.filter(file -> file.toString().contains("tollgate-demo"))).isEmpty();
    }
  }
}
