package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.testing.PostgresPair;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node runs on while the standby of its PostgreSQL takes over, with loss and without. */
class FailoverIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path home;

  @Test
  void goesOnAtAStandbyThatHasEverything() throws Exception {
    try (PostgresPair pair = PostgresPair.start(home)) {
      Storage.migrate(pair.config());
      try (Till till = Till.open(pair.config())) {
        OrgScope scope = till.organization("followed", Money.ofCents(1_000));
        OrgScope unleased = till.organization("never seen", Money.ofCents(1_000));
        spend(till, scope, 10);
        Hold open = till.hold(scope, Money.ofCents(20));
        till.awaitCommitted();

        pair.awaitFollowed();
        pair.stopPrimary();
        refuses(till, unleased);
        pair.promote();

        grants(till, unleased);
        Till.await(till.pay(open, Money.ofCents(15)));
        spent(till, scope, 25);
        till.books();
      }
    }
  }

  @Test
  void chargesAgainWhatTheStandbyNeverGot() throws Exception {
    try (PostgresPair pair = PostgresPair.start(home)) {
      Storage.migrate(pair.config());
      try (Till till = Till.open(pair.config())) {
        OrgScope scope = till.organization("left behind", Money.ofCents(1_000));
        spend(till, scope, 10);
        till.awaitCommitted();
        pair.awaitFollowed();
        pair.part();
        spend(till, scope, 10);
        Hold open = till.hold(scope, Money.ofCents(20));
        till.awaitCommitted();

        pair.stopPrimary();
        spentWhileAway(till, open);
        pair.promote();

        spent(till, scope, 35);
        grants(till, scope);
        till.books();
      }
    }
  }

  /** Its charge is durable in the journal, wherever the database is. */
  private static void spentWhileAway(Till till, Hold open) {
    Till.await(till.pay(open, Money.ofCents(15)));
  }

  private static void spend(Till till, OrgScope scope, int times) {
    for (int call = 0; call < times; call++) {
      Till.await(till.pay(till.hold(scope, Money.ofCents(2)), Money.ofCents(1)));
    }
  }

  private static void refuses(Till till, OrgScope unleased) {
    Set<ErrorCode> codes = EnumSet.noneOf(ErrorCode.class);
    await()
        .atMost(PATIENCE)
        .until(() -> {
          if (till.admit(unleased, Money.ofCents(1)) instanceof Admission.Refused<?> refused) {
            codes.add(refused.code());
          }
          return !codes.isEmpty();
        });
    assertThat(codes).containsExactly(ErrorCode.BUDGET_UNAVAILABLE);
  }

  private static void grants(Till till, OrgScope scope) {
    await()
        .atMost(PATIENCE)
        .until(() -> {
          if (till.admit(scope, Money.ofCents(1)) instanceof Admission.Granted<String> granted) {
            till.spend.release(granted.hold());
            return true;
          }
          return false;
        });
    await().atMost(PATIENCE).until(till.spend::ready);
  }

  private static void spent(Till till, OrgScope scope, long cents) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () -> assertThat(till.spend.status(scope).spent()).isEqualTo(Money.ofCents(cents)));
  }
}
