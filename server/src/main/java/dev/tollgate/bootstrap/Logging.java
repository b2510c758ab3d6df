package dev.tollgate.bootstrap;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.io.Console;
import java.util.Optional;
import net.logstash.logback.encoder.LogstashEncoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * What the process writes to its standard output: JSON, a line an event, or on a terminal lines
 * that a person reads.
 */
final class Logging {

  private static final String PATTERN =
      "%d{HH:mm:ss.SSS} %-5level %-24logger{0} %msg %kvp%n%ex{12}";

  private Logging() {}

  /** Replaces whatever was configured before. */
  static void configure(Config.Logs logs) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setEncoder(encoder(context, logs.format()));
    console.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(console);
    context.getLogger("dev.tollgate").setLevel(Level.toLevel(logs.level().name()));
    if (!logs.access()) {
      context.getLogger("dev.tollgate.access").setLevel(Level.OFF);
    }
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  private static Encoder<ILoggingEvent> encoder(LoggerContext context, Config.LogFormat format) {
    boolean json =
        switch (format) {
          case JSON -> true;
          case TEXT -> false;
          case AUTO ->
              !Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        };
    if (json) {
      LogstashEncoder encoder = new LogstashEncoder();
      encoder.setContext(context);
      encoder.start();
      return encoder;
    }
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    return encoder;
  }
}
