package dev.tollgate.upstreams;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The child processes that are servers: so many at once, started again after a while that grows
 * with each failure, none left behind. Thread-safe.
 */
final class Processes implements AutoCloseable {

  private static final int MOST = 64;

  /** Of one organization: more than one key's sessions may be. */
  private static final int MOST_OF_OWNER = 24;

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /** Who lives this long had begun well. */
  private static final Duration WELL = Duration.ofSeconds(10);

  private final boolean allowed;
  private final Clock clock;
  private final Map<Process, UUID> running = new ConcurrentHashMap<>();
  private final Map<String, Fails> fails = new ConcurrentHashMap<>();

  /** Ends that came too soon, one after another. */
  private record Fails(int times, long untilNanos) {}

  Processes(boolean allowed, Clock clock) {
    this.allowed = allowed;
    this.clock = clock;
  }

  /** Starts the process of {@code target}; throws {@link Failure} where it may not be. */
  Pipe start(UpstreamLoop loop, Target target, Endpoint.Stdio stdio, Pipe.Ear ear) {
    requireAllowed(target);
    long began = clock.nanoTime();
    Process process = spawn(target, stdio);
    running.put(process, target.owner());
    return new ProcessPipe(
        loop, target, process, ear, asked -> ended(target, process, began, asked));
  }

  private void requireAllowed(Target target) {
    if (!allowed) {
      throw Failure.of(
          ErrorCode.FORBIDDEN,
          "connector " + target.name() + " is a command: the operator must allow-commands");
    }
    long own = running.values().stream().filter(target.owner()::equals).count();
    if (running.size() >= MOST || own >= MOST_OF_OWNER) {
      throw Failure.of(ErrorCode.OVERLOADED, "too many child processes run; try again soon");
    }
    Fails last = fails.get(target.key());
    if (last != null && last.untilNanos() - clock.nanoTime() > 0) {
      throw Failure.of(
          ErrorCode.UPSTREAM_UNREACHABLE,
          "connector " + target.name() + " ended too soon and is started again shortly");
    }
  }

  private Process spawn(Target target, Endpoint.Stdio stdio) {
    ProcessBuilder builder = new ProcessBuilder(stdio.command());
    Map<String, String> environment = builder.environment();
    @Nullable String path = environment.get("PATH");
    environment.clear();
    File directory = new File(System.getProperty("java.io.tmpdir"));
    environment.put("HOME", directory.getPath());
    environment.put("LANG", "C.UTF-8");
    if (path != null) {
      environment.put("PATH", path);
    }
    for (Map.Entry<String, Secret> variable : stdio.environment().entrySet()) {
      environment.put(variable.getKey(), variable.getValue().reveal());
    }
    builder.directory(directory);
    try {
      return builder.start();
    } catch (IOException e) {
      failed(target);
      throw Failure.of(
          ErrorCode.UPSTREAM_UNREACHABLE, "connector " + target.name() + " cannot be started", e);
    }
  }

  private void ended(Target target, Process process, long began, boolean asked) {
    running.remove(process);
    if (!asked && clock.nanoTime() - began < WELL.toNanos() && process.exitValue() != 0) {
      failed(target);
    } else {
      fails.remove(target.key());
    }
  }

  private void failed(Target target) {
    fails.compute(
        target.key(),
        (key, before) -> {
          int times = before == null ? 1 : before.times() + 1;
          long wait = SHORTEST.toNanos() << Math.min(times - 1, 10);
          return new Fails(times, clock.nanoTime() + Math.min(wait, LONGEST.toNanos()));
        });
  }

  int size() {
    return running.size();
  }

  @Override
  public void close() {
    running.keySet().forEach(ProcessPipe::kill);
  }
}
