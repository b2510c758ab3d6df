package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of Redis data and the server on it.
 *
 * <p>Not thread-safe. Every call blocks and is bounded by {@link #PATIENCE}.
 */
final class RedisServer {

  private static final Logger LOG = LoggerFactory.getLogger(RedisServer.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Path home;
  private final Path data;
  private final Path pidFile;
  private final ServerLog log;

  RedisServer(Path home) {
    this.home = home;
    this.data = PrivateFiles.directory(home.resolve("data"));
    this.pidFile = home.resolve("redis.pid");
    this.log = ServerLog.in(home);
  }

  /** The number in the server's file; 0 where it stopped in order or never ran. */
  long pid() {
    String text = PrivateFiles.read(pidFile);
    return text == null || text.isEmpty() ? 0 : Long.parseLong(text);
  }

  /** Whether the number in the file is that of a Redis at work in our directory. */
  boolean runs() {
    long pid = pid();
    return ServerProcess.runs(pid, "redis-server") && worksHere(pid);
  }

  private boolean worksHere(long pid) {
    try {
      return Files.isSameFile(Path.of("/proc", String.valueOf(pid), "cwd"), data);
    } catch (IOException _) {
      return false;
    }
  }

  /**
   * Starts the server and returns when it answers.
   *
   * <p>It leaves our session, so that a Ctrl-C at the terminal does not reach it.
   */
  void start(RedisAddress address) {
    log.rotate();
    Path configuration = home.resolve("redis.conf");
    PrivateFiles.write(configuration, settings(address.port(), address.password()));
    String program = ProgramCache.ofUser().redis().toString();
    Command.Ended ended = Command.run(List.of(program, configuration.toString()), home, PATIENCE);
    if (!ended.succeeded() || !within(() -> runs() && answers(address))) {
      throw Failure.of(
          ErrorCode.UNAVAILABLE,
          "the embedded Redis does not start on port %d: %s%s"
              .formatted(address.port(), ended.output(), log.end()));
    }
  }

  private String settings(int port, Secret password) {
    return """
    # Written at each start of Tollgate: changes are lost.
    bind 127.0.0.1
    port %d
    requirepass %s
    daemonize yes
    pidfile %s
    logfile %s
    dir %s
    appendonly yes
    appendfsync everysec
    save ""
    maxmemory-policy noeviction\
    """
        .formatted(port, password.reveal(), quoted(pidFile), quoted(log.file()), quoted(data));
  }

  private static String quoted(Path path) {
    return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static boolean answers(RedisAddress address) {
    try {
      return address.ask(RedisCommands::ping).equals("PONG");
    } catch (RedisException _) {
      return false;
    }
  }

  /** Shuts down the server that a killed process left here, if there is one and it is ours. */
  void stopOrphan(RedisAddress address) {
    if (runs()) {
      LOG.warn("shutting down the Redis that a killed Tollgate left on {}", data);
      stop(address);
    }
  }

  /**
   * Shuts the server down by its password, and returns when its process is gone: it removes its
   * file before it writes its last words to the log.
   */
  void stop(RedisAddress address) {
    long pid = pid();
    String refusal = "it accepted";
    try {
      address.ask(redis -> {
        redis.shutdown(false);
        return true;
      });
    } catch (RedisException e) {
      refusal = String.valueOf(e.getMessage());
    }
    if (!within(() -> !ServerProcess.runs(pid, "redis-server"))) {
      throw Failure.of(
          ErrorCode.UNAVAILABLE,
          "the Redis of process %d on %s does not shut down (%s): end it by hand"
              .formatted(pid, data, refusal));
    }
  }

  private static boolean within(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    return true;
  }
}
