package dev.tollgate.bootstrap;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/**
 * Listens to Vert.x' checker of blocked threads: what it reports of an event loop is a failure,
 * with what its threads do at the time; unless this JVM or its machine stood still meanwhile. That
 * is seen by a thread that only sleeps, and finds how late it is awoken.
 */
final class BlockedLoops extends AppenderBase<ILoggingEvent> {

  private static final Pattern LOOP = Pattern.compile("Thread (\\S*eventloop\\S*) ");

  private static final long NAP = Duration.ofMillis(100).toNanos();
  private static final long LATE = Duration.ofMillis(900).toNanos();
  private static final long AFTERWARDS = Duration.ofSeconds(5).toNanos();
  private static final long BEFORE = Duration.ofSeconds(1).toNanos();

  private static final BlockedLoops LISTENING = new BlockedLoops();

  private record Report(long at, String text) {}

  private final List<Report> reports = new CopyOnWriteArrayList<>();
  private final List<Long> standstills = new CopyOnWriteArrayList<>();

  private BlockedLoops() {
    Thread.ofPlatform().daemon().name("sleeper").start(this::sleep);
  }

  private void sleep() {
    while (true) {
      long before = System.nanoTime();
      LockSupport.parkNanos(NAP);
      long after = System.nanoTime();
      if (after - before > NAP + LATE) {
        standstills.add(after);
      }
    }
  }

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

  /** Fails if any event loop of this JVM was blocked, once for each time that one was. */
  static void assertNone() {
    List<Report> reports = List.copyOf(LISTENING.reports);
    if (!reports.isEmpty()) {
      LISTENING.reports.removeAll(reports);
      // Who reports may have awoken before the one who knows that all stood still.
      LockSupport.parkNanos(BEFORE);
      List<Report> blocked = reports.stream().filter(LISTENING::inMotion).toList();
      if (!blocked.isEmpty()) {
        throw new AssertionError("event loops were blocked: " + blocked);
      }
    }
  }

  private boolean inMotion(Report report) {
    return standstills.stream()
        .map(end -> report.at() - end)
        .noneMatch(since -> since > -BEFORE && since < AFTERWARDS);
  }

  @Override
  protected void append(ILoggingEvent event) {
    Matcher loop = LOOP.matcher(event.getFormattedMessage());
    if (loop.find()) {
      String text = event.getFormattedMessage() + " " + stacks(loop.group(1));
      reports.add(new Report(System.nanoTime(), text));
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
