package dev.tollgate.simulator;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The simulator as a process: {@code simulator --port 9000 --output-tokens 50}. */
public final class Main {

  private static final String HOST = "--host";
  private static final String PORT = "--port";
  private static final String LOOPS = "--loops";
  private static final String RECORDED = "--recorded";
  private static final String TRACE = "--trace";
  private static final String WITH_PARENT = "--with-parent";

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command, for a launcher that has others too. */
  public static CommandLine commandLine() {
    CommandSpec spec = CommandSpec.create().name("simulator").mixinStandardHelpOptions(true);
    spec.usageMessage()
        .abbreviateSynopsis(true)
        .width(100)
        .description("A stand-in for model providers, in the wire formats of both dialects.");
    SimulatorConfig preset = SimulatorConfig.DEFAULT;
    spec.addOption(option(HOST, String.class, preset.host(), "the address to listen at"));
    spec.addOption(option(PORT, Integer.class, preset.port(), "the port; 0: any that is free"));
    spec.addOption(option(LOOPS, Integer.class, preset.loops(), "event loops"));
    spec.addOption(
        option(RECORDED, Integer.class, preset.recorded(), "how many requests to remember"));
    spec.addOption(option(TRACE, Path.class, null, "a CSV file of token counts to cycle through"));
    spec.addOption(
        OptionSpec.builder(WITH_PARENT)
            .description("end when standard input ends, as it does with the parent process")
            .build());
    for (Key key : Key.values()) {
      spec.addOption(option("--" + key.word(), String.class, null, key.help()));
    }
    return new CommandLine(spec).setExecutionStrategy(Main::run);
  }

  private static OptionSpec option(
      String name, Class<?> type, @Nullable Object preset, String description) {
    OptionSpec.Builder option =
        OptionSpec.builder(name).type(type).paramLabel("VALUE").description(description);
    return preset == null ? option.build() : option.defaultValue(preset.toString()).build();
  }

  private static int run(ParseResult parsed) {
    Integer help = CommandLine.executeHelpRequest(parsed);
    if (help != null) {
      return help;
    }
    Simulator simulator;
    try {
      simulator = Simulator.start(config(parsed));
    } catch (Refusal refusal) {
      throw new CommandLine.ParameterException(
          parsed.commandSpec().commandLine(), refusal.text(), refusal);
    }
    System.out.println("simulator listening on " + simulator.url());
    System.out.flush();
    Runtime.getRuntime().addShutdownHook(new Thread(simulator::close, "simulator-close"));
    awaitEnd(parsed.hasMatchedOption(WITH_PARENT));
    return 0;
  }

  private static SimulatorConfig config(ParseResult parsed) {
    Map<String, String> behaviour = new LinkedHashMap<>();
    for (Key key : Key.values()) {
      String value = parsed.matchedOptionValue("--" + key.word(), (String) null);
      if (value != null) {
        behaviour.put(key.word(), value);
      }
    }
    SimulatorConfig preset = SimulatorConfig.DEFAULT;
    return new SimulatorConfig(
        parsed.matchedOptionValue(HOST, preset.host()),
        parsed.matchedOptionValue(PORT, preset.port()),
        parsed.matchedOptionValue(LOOPS, preset.loops()),
        parsed.matchedOptionValue(RECORDED, preset.recorded()),
        behaviour,
        parsed.matchedOptionValue(TRACE, (Path) null));
  }

  /** Returns when standard input ends, or never: then a signal ends the process. */
  private static void awaitEnd(boolean withParent) {
    try {
      if (withParent) {
        System.in.transferTo(java.io.OutputStream.nullOutputStream());
      } else {
        new CountDownLatch(1).await();
      }
    } catch (IOException e) {
      // A standard input that cannot be read has ended.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
