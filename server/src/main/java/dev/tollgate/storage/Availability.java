package dev.tollgate.storage;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the database is there: asked on a connection and a thread of its own, so that neither a
 * busy pool nor a dead one changes the answer.
 *
 * <p>A standby counts as away, since nothing can be written to it. Ordinary work that fails asks at
 * once, by {@link #suspect}.
 */
final class Availability implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Availability.class);

  private static final Duration WHILE_UP = Duration.ofSeconds(2);
  private static final Duration WHILE_AWAY = Duration.ofMillis(500);

  private final DataSource source;
  private final Runnable onLost;
  private final Semaphore suspicion = new Semaphore(0);
  private final Thread thread;
  private volatile boolean available = true;
  private volatile boolean closed;
  private @Nullable Connection connection;

  /**
   * Starts asking; the database was there a moment ago.
   *
   * @param onLost runs on the probe's thread when connections made before may be dead
   */
  Availability(DataSource source, Runnable onLost) {
    this.source = source;
    this.onLost = onLost;
    // A platform thread: it must get its turn also when virtual ones keep all carriers busy.
    this.thread = Thread.ofPlatform().daemon().name("database-probe").unstarted(this::watch);
    thread.start();
  }

  boolean now() {
    return available;
  }

  /** Asks at once. */
  void suspect() {
    if (suspicion.availablePermits() == 0) {
      suspicion.release();
    }
  }

  private void watch() {
    while (!closed) {
      try {
        Duration interval = available ? WHILE_UP : WHILE_AWAY;
        boolean ignored = suspicion.tryAcquire(interval.toMillis(), TimeUnit.MILLISECONDS);
        suspicion.drainPermits();
      } catch (InterruptedException e) {
        break;
      }
      if (!closed) {
        ask();
      }
    }
    disconnect();
  }

  private void ask() {
    try {
      become(writable(), "it is a standby");
    } catch (SQLException stale) {
      disconnect();
      onLost.run();
      askAnew();
    }
  }

  private void askAnew() {
    try {
      become(writable(), "it is a standby");
    } catch (SQLException e) {
      disconnect();
      become(false, String.valueOf(e.getMessage()));
    }
  }

  private boolean writable() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = source.getConnection();
      connection = open;
    }
    boolean writable;
    try (Statement statement = open.createStatement();
        ResultSet row = statement.executeQuery("SELECT NOT pg_is_in_recovery()")) {
      writable = row.next() && row.getBoolean(1);
    }
    if (!writable) {
      // After a failover the same address may lead to the new primary.
      disconnect();
    }
    return writable;
  }

  private void become(boolean now, String why) {
    if (now == available) {
      return;
    }
    available = now;
    if (now) {
      LOG.info("PostgreSQL is back");
    } else {
      LOG.warn("PostgreSQL is away: {}", why);
    }
  }

  private void disconnect() {
    Connection old = connection;
    connection = null;
    if (old != null) {
      try {
        old.close();
      } catch (SQLException e) {
        LOG.debug("closing the probe's connection", e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
