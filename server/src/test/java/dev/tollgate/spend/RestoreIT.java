package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.testing.Scratch;
import dev.tollgate.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A node that runs on while its database is put back to what it was. */
class RestoreIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Test
  void chargesAgainWhatABackupDoesNotHave() {
    StorageConfig database = TestDatabase.fresh();
    try (Till till = Till.open(database)) {
      OrgScope scope = till.organization("restored", Money.ofCents(1_000));
      spend(till, scope, 10);
      StorageConfig backup = TestDatabase.backup(database);
      spend(till, scope, 10);
      Hold open = till.hold(scope, Money.ofCents(20));
      TestDatabase.restore(database, backup);
      recovers(till, scope, 20);
      Till.await(till.pay(open, Money.ofCents(15)));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(till.spend.status(scope).spent()).isEqualTo(Money.ofCents(35)));
      till.books();
    }
  }

  @Test
  void goesOnWhereTheBackupIsOlderThanItsStart() {
    StorageConfig database = TestDatabase.fresh();
    UUID node = Ids.next();
    Path journal = Scratch.directory("journal");
    OrgScope scope;
    try (Till before = Till.open(database, Till.CONFIG, node, journal)) {
      scope = before.organization("restored", Money.ofCents(1_000));
      spend(before, scope, 10);
    }
    StorageConfig backup = TestDatabase.backup(database);
    try (Till till = Till.open(database, Till.CONFIG, node, journal)) {
      OrgScope again = till.scope(scope.organizationId());
      spend(till, again, 10);
      TestDatabase.restore(database, backup);
      recovers(till, again, 20);
      till.books();
    }
  }

  @Test
  void triesAgainWhereAStatementFailsThatNobodyExpectedToFail() throws SQLException {
    StorageConfig database = TestDatabase.fresh();
    Logger logger = (Logger) LoggerFactory.getLogger(CatchUp.class);
    Heard heard = new Heard();
    try (Till till = Till.open(database)) {
      OrgScope scope = till.organization("restored", Money.ofCents(1_000));
      spend(till, scope, 10);
      StorageConfig backup = TestDatabase.backup(database);
      run(backup, "ALTER FUNCTION tollgate.spend_start_over RENAME TO spend_start_over_late");
      spend(till, scope, 10);
      heard.start();
      logger.addAppender(heard);
      TestDatabase.restore(database, backup);
      await().atMost(PATIENCE).until(() -> heard.errors.get() > 0);
      assertThat(till.spend.obstacle()).isEqualTo(Refusals.REPLAYING);
      run(database, "ALTER FUNCTION tollgate.spend_start_over_late RENAME TO spend_start_over");
      recovers(till, scope, 20);
      till.books();
    } finally {
      logger.detachAppender(heard);
    }
  }

  /** Counts errors that say what went wrong. */
  private static final class Heard extends AppenderBase<ILoggingEvent> {
    private final AtomicInteger errors = new AtomicInteger();

    @Override
    protected void append(ILoggingEvent event) {
      IThrowableProxy thrown = event.getThrowableProxy();
      if (event.getLevel() == Level.ERROR
          && thrown != null
          && thrown.getMessage().contains("spend_start_over")) {
        errors.incrementAndGet();
      }
    }
  }

  private static void run(StorageConfig database, String sql) throws SQLException {
    try (Connection connection = TestDatabase.connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void spend(Till till, OrgScope scope, int times) {
    for (int call = 0; call < times; call++) {
      Till.await(till.pay(till.hold(scope, Money.ofCents(2)), Money.ofCents(1)));
    }
  }

  /** It grants again, without a restart, once what it charged is there. */
  private static void recovers(Till till, OrgScope scope, long cents) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> till.spend.status(scope).spent().equals(Money.ofCents(cents)));
    await()
        .atMost(PATIENCE)
        .until(() -> {
          if (till.admit(scope, Money.ofCents(1)) instanceof Admission.Granted<String> granted) {
            till.spend.release(granted.hold());
            return true;
          }
          return false;
        });
  }
}
