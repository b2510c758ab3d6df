package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.testing.Scratch;
import dev.tollgate.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A node that runs on while its database is put back to what it was. */
class RestoreIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

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
      assertThat(till.spend.status(scope).spent()).isEqualTo(Money.ofCents(35));
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
