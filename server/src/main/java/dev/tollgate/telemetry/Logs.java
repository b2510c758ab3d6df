package dev.tollgate.telemetry;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.io.IOException;
import java.nio.file.Path;
import net.logstash.logback.encoder.LogstashEncoder;
import net.logstash.logback.fieldnames.LogstashFieldNames;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * The log: lines on standard output, as text for people or as JSON for machines.
 *
 * <p>A line carries the request's id where the diagnostic context has {@value #REQUEST_ID}. Lines
 * are written by a thread of the log's own, so that a slow terminal or pipe never holds up an event
 * loop; when that thread is 8,192 lines behind, further lines are dropped.
 */
public final class Logs {

  /** The key of the diagnostic context (SLF4J's MDC) that holds the request's id. */
  public static final String REQUEST_ID = "requestId";

  /** Whose lines are the requests. */
  private static final String ACCESS = "dev.tollgate.access";

  private static final int QUEUE = 8_192;
  private static final String PATTERN =
      "%d{HH:mm:ss.SSS} %-5level %replace([%X{requestId}] ){'^\\[\\] ', ''}%msg"
          + "%replace( %kvp{NONE}){'^ $', ''}%n%ex{12}";

  private Logs() {}

  /** How lines look. */
  public enum Format {
    /** Text where standard output is a terminal, else JSON. */
    AUTO,
    JSON,
    TEXT
  }

  /** The least severe lines that are written. */
  public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  /**
   * Sets up the log anew; of libraries only warnings are written, those by {@code
   * java.util.logging} too.
   *
   * @param access whether each request is a line
   */
  public static void configure(Format format, Level level, boolean access) {
    LoggerContext context = anew();
    AsyncAppender queue = new AsyncAppender();
    queue.setContext(context);
    queue.setQueueSize(QUEUE);
    queue.setDiscardingThreshold(0);
    queue.setNeverBlock(true);
    queue.addAppender(console(context, encoder(context, format), "System.out"));
    queue.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(logback(level == Level.ERROR ? Level.ERROR : Level.WARN));
    root.addAppender(queue);
    context.getLogger("dev.tollgate").setLevel(logback(level));
    // A peer that resets its connection is no error of ours; what it meant for a call is told
    // there.
    context
        .getLogger("io.vertx.core.net.impl.ConnectionBase")
        .setLevel(ch.qos.logback.classic.Level.OFF);
    if (!access) {
      context.getLogger(ACCESS).setLevel(ch.qos.logback.classic.Level.OFF);
    }
  }

  /** For a command of a few seconds: errors alone, on standard error, where they are no result. */
  public static void forCommand() {
    LoggerContext context = anew();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(logback(Level.ERROR));
    root.addAppender(console(context, encoder(context, Format.TEXT), "System.err"));
  }

  private static LoggerContext anew() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    return context;
  }

  private static ConsoleAppender<ILoggingEvent> console(
      LoggerContext context, Encoder<ILoggingEvent> encoder, String target) {
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setTarget(target);
    console.setEncoder(encoder);
    console.start();
    return console;
  }

  private static ch.qos.logback.classic.Level logback(Level level) {
    return ch.qos.logback.classic.Level.toLevel(level.name());
  }

  /** Writes what is queued and ends the log; called last of all. */
  public static void close() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
  }

  private static Encoder<ILoggingEvent> encoder(LoggerContext context, Format format) {
    Encoder<ILoggingEvent> encoder = inText(format) ? text() : json();
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }

  /** Whether lines of this format are text here, for people. */
  public static boolean inText(Format format) {
    return switch (format) {
      case TEXT -> true;
      case JSON -> false;
      case AUTO -> onTerminal();
    };
  }

  private static Encoder<ILoggingEvent> text() {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setPattern(PATTERN);
    return encoder;
  }

  private static Encoder<ILoggingEvent> json() {
    LogstashFieldNames names = new LogstashFieldNames();
    names.setTimestamp("time");
    names.setLogger("logger");
    names.setThread("thread");
    names.setStackTrace("exception");
    names.setVersion(null);
    names.setLevelValue(null);
    LogstashEncoder encoder = new LogstashEncoder();
    encoder.setFieldNames(names);
    return encoder;
  }

  /** Not by the JDK's console, which is none as soon as standard input is redirected. */
  private static boolean onTerminal() {
    try {
      Path output = Path.of("/proc/self/fd/1").toRealPath();
      return output.startsWith("/dev/pts") || output.toString().startsWith("/dev/tty");
    } catch (IOException _) {
      return false;
    }
  }
}
