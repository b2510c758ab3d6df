package dev.tollgate.bootstrap;

import dev.tollgate.kernel.Failure;
import dev.tollgate.telemetry.Logs;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

  private static final Duration TO_START = Duration.ofMinutes(2);

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

  private volatile boolean stopping;

  @Override
  public Integer call() throws InterruptedException {
    return switch (ConfigFile.load(config, System.getenv())) {
      case ConfigFile.Loaded.Bad bad -> {
        bad.problems().forEach(problem -> err().println("tollgate: " + problem));
        yield CommandLine.ExitCode.SOFTWARE;
      }
      case ConfigFile.Loaded.Good good -> {
        good.warnings().forEach(warning -> err().println("tollgate: " + warning));
        List<String> problems = Preflight.problems(good.config());
        problems.forEach(problem -> err().println("tollgate: " + problem));
        yield problems.isEmpty() ? serve(good.config()) : CommandLine.ExitCode.SOFTWARE;
      }
    };
  }

  private int serve(Config loaded) throws InterruptedException {
    Logs.configure(loaded.logs().format(), loaded.logs().level(), loaded.logs().access());
    Path directory = data != null ? data : DataDirectory.preset(System.getenv());
    CompletableFuture<Node> started = new CompletableFuture<>();
    // Before the start: whoever stops a start must not leave its servers behind.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(started), "shutdown"));
    try {
      Node node = Node.start(loaded, directory, System.getenv());
      started.complete(node);
      return serve(node, loaded.logs().format());
    } catch (Failure failure) {
      Logs.close();
      err().println("tollgate: " + failure.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    } catch (RuntimeException failed) {
      if (stopping) {
        log.debug("stopped while it started", failed);
        return CommandLine.ExitCode.OK;
      }
      throw failed;
    } finally {
      // Whatever ended the start, even what is no RuntimeException: the hook waits for it.
      started.cancel(false);
    }
  }

  private int serve(Node node, Logs.Format format) throws InterruptedException {
    if (Logs.inText(format)) {
      new Welcome(node, System.getenv()).print(out());
    } else {
      log.info("serves at {}", node.url());
    }
    if (training) {
      TrainingRun.on(node);
    } else {
      new CountDownLatch(1).await();
    }
    return CommandLine.ExitCode.OK;
  }

  private void stop(CompletableFuture<Node> started) {
    stopping = true;
    try {
      Node node = started.get(TO_START.toSeconds(), TimeUnit.SECONDS);
      log.info("stopping");
      node.close();
      log.info("stopped");
    } catch (ExecutionException | CancellationException failed) {
      log.debug("it never started", failed);
    } catch (RuntimeException | TimeoutException failed) {
      log.error("not everything stopped in order", failed);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
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
