package dev.tollgate.bootstrap;

import dev.tollgate.kernel.Failure;
import dev.tollgate.telemetry.Logs;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tollgate serve}: runs a node until it is told to stop. */
@Command(
    name = "serve",
    description = "Run the gateway (the default command).",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {

  private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration; else tollgate.yaml of this directory, if it is there.")
  private @Nullable Path config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where data is kept (default: $TOLLGATE_DATA, else ~/.local/share/tollgate).")
  private @Nullable Path data;

  @Option(names = "--training-run", hidden = true)
  private boolean training;

  @Override
  public Integer call() throws InterruptedException {
    return switch (ConfigFile.load(config, System.getenv())) {
      case ConfigFile.Loaded.Bad bad -> {
        bad.problems().forEach(problem -> err().println("tollgate: " + problem));
        yield CommandLine.ExitCode.SOFTWARE;
      }
      case ConfigFile.Loaded.Good good -> {
        good.warnings().forEach(warning -> err().println("tollgate: " + warning));
        yield serve(good.config());
      }
    };
  }

  private int serve(Config loaded) throws InterruptedException {
    Logs.configure(loaded.logs().format(), loaded.logs().level(), loaded.logs().access());
    Path directory = data != null ? data : DataDirectory.preset(System.getenv());
    CountDownLatch stopped = new CountDownLatch(1);
    Node node;
    try {
      node = Node.start(loaded, directory, System.getenv());
    } catch (Failure failure) {
      Logs.close();
      err().println("tollgate: " + failure.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("shutdown")
                .unstarted(() -> {
                  stop(node);
                  stopped.countDown();
                }));
    new Welcome(node, System.getenv()).print(out());
    if (training) {
      TrainingRun.on(node);
      return CommandLine.ExitCode.OK;
    }
    stopped.await();
    return CommandLine.ExitCode.OK;
  }

  private static void stop(Node node) {
    log.info("stopping");
    try {
      node.close();
      log.info("stopped");
    } catch (RuntimeException failed) {
      log.error("not everything stopped in order", failed);
    } finally {
      Logs.close();
    }
  }

  private PrintWriter out() {
    return spec().commandLine().getOut();
  }

  private PrintWriter err() {
    return spec().commandLine().getErr();
  }

  private CommandSpec spec() {
    CommandSpec injected = spec;
    if (injected == null) {
      throw new IllegalStateException("picocli sets it");
    }
    return injected;
  }
}
