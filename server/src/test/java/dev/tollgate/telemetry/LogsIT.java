package dev.tollgate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.telemetry.Logs.Format;
import dev.tollgate.telemetry.Logs.Level;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** In a process of its own: a JVM has one log, and that of the tests stays as it is. */
class LogsIT {

  @Test
  void whatIsNoTerminalGetsJsonALine() throws IOException, InterruptedException {
    List<String> lines = lines(Format.AUTO, Level.INFO);
    assertThat(lines).hasSize(3);
    JsonNode first = new JsonMapper().readTree(lines.getFirst());
    assertThat(first.path("level").asString()).isEqualTo("INFO");
    assertThat(first.path("logger").asString()).isEqualTo("dev.tollgate.example");
    assertThat(first.path("message").asString()).isEqualTo("served 7");
    assertThat(first.path(Logs.REQUEST_ID).asString()).isEqualTo("r-1");
    assertThat(first.path("status").asInt()).isEqualTo(200);
    assertThat(first.path("time").asString()).startsWith("20");
    JsonNode failed = new JsonMapper().readTree(lines.get(1));
    assertThat(failed.path("exception").asString()).contains("IllegalStateException: it broke");
    assertThat(lines.get(2)).contains("from a library");
  }

  @Test
  void peopleGetText() throws IOException, InterruptedException {
    List<String> lines = lines(Format.TEXT, Level.INFO);
    assertThat(lines.getFirst()).matches("[0-9:.]{12} INFO  \\[r-1] served 7 status=200");
    assertThat(lines).anySatisfy(line -> assertThat(line).matches("[0-9:.]{12} ERROR failed"));
  }

  @Test
  void linesBelowTheLevelAreLeftOut() throws IOException, InterruptedException {
    assertThat(lines(Format.JSON, Level.DEBUG)).hasSize(4);
    assertThat(lines(Format.JSON, Level.ERROR)).hasSize(1);
  }

  private static List<String> lines(Format format, Level level)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Writing.class.getName(),
                format.name(),
                level.name())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output.lines().toList();
  }

  /** Writes a few lines and closes the log. */
  static final class Writing {

    private Writing() {}

    public static void main(String[] arguments) {
      Logs.configure(Format.valueOf(arguments[0]), Level.valueOf(arguments[1]), false);
      Logger log = LoggerFactory.getLogger("dev.tollgate.example");
      try (MDC.MDCCloseable _ = MDC.putCloseable(Logs.REQUEST_ID, "r-1")) {
        log.atInfo().addKeyValue("status", 200).log("served {}", 7);
        LoggerFactory.getLogger("dev.tollgate.access").info("left out");
      }
      log.error("failed", new IllegalStateException("it broke"));
      log.debug("in detail");
      System.getLogger("a.library").log(System.Logger.Level.WARNING, "from a library");
      Logs.close();
    }
  }
}
