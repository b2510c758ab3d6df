package dev.tollgate.upstreams;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.mcp.Raw;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages over the standard streams of a child process, a line each (MCP, stdio). Three threads
 * read, write and drain what it logs, platform threads since a blocked pipe holds its carrier; all
 * bounds are here: the length of a line, lines that are no messages, messages that wait to be heard
 * or written.
 */
final class ProcessPipe implements Pipe {

  private static final Logger log = LoggerFactory.getLogger(ProcessPipe.class);

  /** Servers print a banner or two; one that prints on and on is no server. */
  private static final int GARBAGE_LINES = 100;

  private static final int OUTGOING = 256;
  private static final int INCOMING_BYTES = 1024 * 1024;
  private static final int LOG_BYTES = 500;
  private static final long GRACE_MILLIS = 2_000;
  private static final Raw END = Raw.of("");

  private final UpstreamLoop loop;
  private final Target target;
  private final Process process;
  private final Ear ear;
  private final Ended ended;
  private final BlockingQueue<Raw> outgoing = new ArrayBlockingQueue<>(OUTGOING);
  private final HandOver incoming = new HandOver(INCOMING_BYTES);
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicBoolean told = new AtomicBoolean();
  private volatile boolean closed;

  /** Hears, once, that the process is known to have ended. */
  interface Ended {
    /**
     * It has.
     *
     * @param asked whether this side wanted it to
     */
    void ended(boolean asked);
  }

  /**
   * Takes the streams of {@code process}.
   *
   * @param ended is told of its end
   */
  ProcessPipe(UpstreamLoop loop, Target target, Process process, Ear ear, Ended ended) {
    this.loop = loop;
    this.target = target;
    this.process = process;
    this.ear = ear;
    this.ended = ended;
    start("read", this::read);
    start("write", this::write);
    start("log", this::drain);
  }

  private void start(String what, Runnable work) {
    Thread.ofPlatform().daemon().name("stdio-" + what + "-" + target.name()).start(work);
  }

  private void read() {
    String why = "ended";
    try (InputStream in = process.getInputStream()) {
      Lines lines = new Lines(in, loop.resultBytes());
      int garbage = 0;
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        if (looksLikeMessage(line)) {
          handOver(Raw.of(line));
        } else if (line.length > 0 && ++garbage > GARBAGE_LINES) {
          why = "prints what are no messages";
          break;
        }
      }
    } catch (Lines.TooLong tooLong) {
      why = "sent a message longer than " + loop.resultBytes() + " bytes";
    } catch (IOException gone) {
      log.debug("reading from {}: {}", target.name(), gone.getMessage());
    }
    lost(why);
    stop();
  }

  private static boolean looksLikeMessage(byte[] line) {
    for (byte b : line) {
      if (b > ' ' || b < 0) {
        return b == '{' || b == '[';
      }
    }
    return false;
  }

  private void handOver(Raw message) {
    if (incoming.take(message.length())) {
      loop.run(() -> hear(message));
    }
  }

  private void hear(Raw message) {
    incoming.done(message.length());
    if (!over.get()) {
      ear.message(message);
    }
  }

  private void write() {
    try (OutputStream out = process.getOutputStream()) {
      for (Raw message = outgoing.take(); message.length() > 0; message = outgoing.take()) {
        byte[] line = message.copy();
        for (int i = 0; i < line.length; i++) {
          // A line's end stands between tokens only, where a space says the same.
          if (line[i] == '\n' || line[i] == '\r') {
            line[i] = ' ';
          }
        }
        out.write(line);
        out.write('\n');
        out.flush();
      }
    } catch (IOException gone) {
      log.debug("writing to {}: {}", target.name(), gone.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void drain() {
    try (InputStream err = process.getErrorStream()) {
      byte[] bytes = new byte[4 * 1024];
      for (int read = err.read(bytes); read >= 0; read = err.read(bytes)) {
        if (log.isDebugEnabled()) {
          log.debug(
              "{} logs: {}",
              target.name(),
              new String(bytes, 0, Math.min(read, LOG_BYTES), StandardCharsets.UTF_8));
        }
      }
    } catch (IOException gone) {
      log.debug("reading the log of {}: {}", target.name(), gone.getMessage());
    }
  }

  private void lost(String why) {
    if (over.compareAndSet(false, true)) {
      loop.run(() -> ear.lost(why));
    }
  }

  @Override
  public Future<Void> send(Raw message) {
    return !over.get() && outgoing.offer(message)
        ? Future.succeededFuture()
        : Future.failedFuture(
            Failure.of(
                ErrorCode.UPSTREAM_INVALID,
                "connector " + target.name() + " takes no more messages"));
  }

  @Override
  public void pause() {
    incoming.pause();
  }

  @Override
  public void resume() {
    incoming.resume();
  }

  @Override
  public void close() {
    if (over.compareAndSet(false, true)) {
      closed = true;
    }
    incoming.end();
    start("stop", this::stop);
  }

  /** Asks it to end, then insists: end of input, SIGTERM, SIGKILL (MCP, stdio, Shutdown). */
  private void stop() {
    outgoing.clear();
    var _ = outgoing.offer(END);
    try {
      if (!process.waitFor(GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        if (!process.waitFor(GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
          kill(process);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      kill(process);
    }
    if (told.compareAndSet(false, true)) {
      ended.ended(closed);
    }
  }

  static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
