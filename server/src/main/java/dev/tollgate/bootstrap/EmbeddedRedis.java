package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Redis server (6.2), a child of this process, for a single node and for trying out.
 *
 * <p>Listens on the loopback address alone, asks for a password, and keeps an append-only file that
 * is synced every second: what Redis holds may lose its last second in a power cut. Its port is
 * kept between starts. A server that dies is started again; one that a killed process left behind
 * is shut down first. Starting and closing block.
 */
public final class EmbeddedRedis implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRedis.class);

  private final RedisServer server;
  private final DirectoryLock lock;
  private final RedisAddress address;
  private final Watchdog watchdog;

  private EmbeddedRedis(RedisServer server, DirectoryLock lock, RedisAddress address) {
    this.server = server;
    this.lock = lock;
    this.address = address;
    this.watchdog = Watchdog.over("embedded Redis", server::runs, () -> server.start(address));
  }

  /**
   * Starts the server on the data under {@code home}; both are made where they are not there yet.
   *
   * @throws Failure with {@link ErrorCode#CONFLICT} when another process uses {@code home}, with
   *     {@link ErrorCode#UNAVAILABLE} when the server does not start
   */
  public static EmbeddedRedis start(Path home) {
    Path absolute = PrivateFiles.directory(home.toAbsolutePath().normalize());
    DirectoryLock lock = DirectoryLock.take(absolute);
    try {
      RedisServer server = new RedisServer(absolute);
      RedisAddress address = startOnKeptPort(absolute, server);
      LOG.info("embedded Redis runs on port {}, its data is in {}", address.port(), absolute);
      return new EmbeddedRedis(server, lock, address);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static RedisAddress startOnKeptPort(Path home, RedisServer server) {
    Secret password = PrivateFiles.secret(home.resolve("redis.password"));
    Path file = home.resolve("port");
    String kept = PrivateFiles.read(file);
    if (kept != null) {
      server.stopOrphan(new RedisAddress(Integer.parseInt(kept), password));
    }
    int port =
        kept != null && FreePort.is(Integer.parseInt(kept))
            ? Integer.parseInt(kept)
            : FreePort.next();
    PrivateFiles.write(file, String.valueOf(port));
    RedisAddress address = new RedisAddress(port, password);
    server.start(address);
    return address;
  }

  public RedisAddress address() {
    return address;
  }

  /** Kills the server without warning, as the machine would that runs out of memory. */
  public void kill() {
    if (server.runs()) {
      ProcessHandle.of(server.pid()).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Override
  public void close() {
    watchdog.close();
    try {
      if (server.runs()) {
        server.stop(address);
      }
    } finally {
      lock.close();
    }
  }
}
