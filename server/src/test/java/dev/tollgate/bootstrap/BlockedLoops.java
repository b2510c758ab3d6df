package dev.tollgate.bootstrap;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/**
 * Listens to Vert.x' checker of blocked threads: what it reports of an event loop is a failure,
 * with what its threads do at the time.
 */
final class BlockedLoops extends AppenderBase<ILoggingEvent> {

  private static final Pattern LOOP = Pattern.compile("Thread (\\S*eventloop\\S*) ");

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
    Matcher loop = LOOP.matcher(event.getFormattedMessage());
    if (loop.find()) {
      reports.add(event.getFormattedMessage() + " " + stacks(loop.group(1)));
    }
  }

  /** Of all threads of that name: every Vert.x of this JVM has one. */
  private static String stacks(String name) {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getName().equals(name))
        .map(thread -> thread.getKey().getState() + " " + Arrays.toString(thread.getValue()))
        .collect(Collectors.joining("\n"));
  }
}
