package dev.tollgate.bootstrap;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tollgate config …}: the configuration file. */
@Command(
    name = "config",
    description = "Print or check the configuration.",
    mixinStandardHelpOptions = true)
final class ConfigCommand {

  @Spec private @Nullable CommandSpec spec;

  @Command(
      name = "print",
      description = "Print a file with every key, its default and what it is for.",
      mixinStandardHelpOptions = true)
  void print() {
    line().getOut().print(AnnotatedConfig.text());
    line().getOut().flush();
  }

  @Command(
      name = "check",
      description = "Read the file and the environment; status 1 with everything that is wrong.",
      mixinStandardHelpOptions = true)
  int check(
      @Option(
              names = "--config",
              paramLabel = "FILE",
              description = "The file; else tollgate.yaml of this directory, if it is there.")
          @Nullable Path config) {
    PrintWriter out = line().getOut();
    return switch (ConfigFile.load(config, System.getenv())) {
      case ConfigFile.Loaded.Good good -> {
        good.warnings().forEach(warning -> line().getErr().println("tollgate: " + warning));
        List<String> problems = Preflight.problems(good.config());
        if (!problems.isEmpty()) {
          problems.forEach(problem -> line().getErr().println("tollgate: " + problem));
          yield CommandLine.ExitCode.SOFTWARE;
        }
        out.println(
            "ok: " + (good.source() == null ? "no file, only defaults" : good.source().toString()));
        out.flush();
        yield CommandLine.ExitCode.OK;
      }
      case ConfigFile.Loaded.Bad bad -> {
        bad.problems().forEach(problem -> line().getErr().println("tollgate: " + problem));
        yield CommandLine.ExitCode.SOFTWARE;
      }
    };
  }

  private CommandLine line() {
    return Objects.requireNonNull(spec, "set by picocli").commandLine();
  }
}
