package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A data directory of PostgreSQL and the programs that make, start and stop a server on it.
 *
 * <p>Not thread-safe. Every call blocks and is bounded by {@link #PATIENCE}.
 */
final class PostgresCluster {

  /** The role that {@code initdb} makes. */
  static final String SUPERUSER = "postgres";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** On the command line, where no file and no {@code ALTER SYSTEM} overrules them. */
  private static final String SETTINGS =
      " -h 127.0.0.1 -c unix_socket_directories=''"
          + " -c fsync=on -c full_page_writes=on -c synchronous_commit=on"
          + " -c password_encryption=scram-sha-256 -c max_connections=200 -c jit=off";

  private final RunAs runAs;
  private final Path programs;
  private final Path place;
  private final Path data;
  private final ServerLog log;

  /** The cluster of {@code home}; it lies elsewhere where {@code runAs} cannot reach that. */
  PostgresCluster(Path home, RunAs runAs) {
    this.runAs = runAs;
    this.programs = runAs.programs().postgres().resolve("bin");
    this.place = runAs.place(home);
    this.data = place.resolve("data");
    this.log = ServerLog.in(place);
  }

  Path data() {
    return data;
  }

  /** The server on this cluster, or whoever bears its number; null where it stopped in order. */
  @Nullable PostmasterFile postmaster() {
    return PostmasterFile.read(data);
  }

  boolean runs() {
    PostmasterFile file = postmaster();
    return file != null && file.runs();
  }

  /**
   * Makes the cluster where there is none yet, aside and renamed, so that one that was begun and
   * never finished is not taken for whole.
   */
  void create(Secret superuserPassword) {
    runAs.prepare(place);
    if (Files.exists(data)) {
      return;
    }
    Path fresh = place.resolve("data.new");
    Path passwordFile = place.resolve("initdb.password");
    try {
      ProgramCache.delete(fresh);
      PrivateFiles.write(passwordFile, superuserPassword.reveal());
      runAs.hand(passwordFile);
      initialize(fresh, passwordFile);
      Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a database in " + place, e);
    } finally {
      passwordFile.toFile().delete();
    }
  }

  private void initialize(Path fresh, Path passwordFile) {
    run(
        "initdb",
        "--pgdata=" + fresh,
        "--username=" + SUPERUSER,
        "--pwfile=" + passwordFile,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums");
  }

  /** Starts the server and returns when it takes connections; throws when it does not. */
  void start(int port) {
    PostmasterFile left = postmaster();
    if (left != null && !left.runs()) {
      PostmasterFile.disown(data);
    }
    log.rotate();
    run(
        "pg_ctl",
        "start",
        "--silent",
        "--wait",
        "--timeout=" + PATIENCE.toSeconds(),
        "--pgdata=" + data,
        "--log=" + log.file(),
        "--options=-p " + port + SETTINGS);
  }

  /** Stops the server: open transactions are ended, all data is written. */
  void stop() {
    run(
        "pg_ctl",
        "stop",
        "--silent",
        "--wait",
        "--timeout=" + PATIENCE.toSeconds(),
        "--mode=fast",
        "--pgdata=" + data);
  }

  private void run(String program, String... arguments) {
    List<String> words =
        Stream.concat(Stream.of(programs.resolve(program).toString()), Stream.of(arguments))
            .toList();
    Command.Ended ended =
        Command.run(runAs.command(words), place, PATIENCE.plus(Duration.ofSeconds(10)));
    if (!ended.succeeded()) {
      throw Failure.of(
          ErrorCode.UNAVAILABLE,
          "PostgreSQL's %s failed in %s: %s%s"
              .formatted(program, place, ended.output(), log.end()));
    }
  }
}
