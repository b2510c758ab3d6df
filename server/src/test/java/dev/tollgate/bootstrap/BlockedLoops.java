package dev.tollgate.bootstrap;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Listens to Vert.x' checker of blocked threads: what it reports of an event loop is a failure. */
final class BlockedLoops extends AppenderBase<ILoggingEvent> {

  private static final BlockedLoops LISTENING = new BlockedLoops();

  private final List<String> reports = new CopyOnWriteArrayList<>();

  private BlockedLoops() {}

  /** Listens from now on, also where a test has configured the log anew since. */
  static void listen() {
    Logger checker = (Logger) LoggerFactory.getLogger("io.vertx.core.impl.BlockedThreadChecker");
    synchronized (LISTENING) {
      if (!checker.isAttached(LISTENING) || !LISTENING.isStarted()) {
        LISTENING.setContext(checker.getLoggerContext());
        LISTENING.start();
        checker.addAppender(LISTENING);
      }
    }
  }

  /** Fails if any event loop of this JVM was blocked so far. */
  static void assertNone() {
    if (!LISTENING.reports.isEmpty()) {
      throw new AssertionError("event loops were blocked: " + LISTENING.reports);
    }
  }

  @Override
  protected void append(ILoggingEvent event) {
    String message = event.getFormattedMessage();
    if (message.contains("eventloop")) {
      reports.add(message);
    }
  }
}
