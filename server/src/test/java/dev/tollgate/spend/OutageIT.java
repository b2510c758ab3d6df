package dev.tollgate.spend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.EmbeddedPostgres;
import dev.tollgate.bootstrap.PostgresAddress;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.testing.Cable;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL is killed and comes back. */
class OutageIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Test
  void failsClosedWhilePostgresIsAwayAndGoesOnWhenItIsBack(@TempDir Path home) throws IOException {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(home);
        Cable cable = new Cable(server.port())) {
      PostgresAddress owner = server.owner();
      StorageConfig config =
          new StorageConfig(
              "jdbc:postgresql://127.0.0.1:" + cable.port() + "/" + owner.database(),
              owner.user(),
              owner.password(),
              8);
      Storage.migrate(config);
      SpendConfig impatient = Till.config(Duration.ofMillis(300), Duration.ofMillis(100));
      try (Till till = Till.open(config, impatient, Ids.next())) {
        outage(server, cable, till);
      }
    }
  }

  private static void outage(EmbeddedPostgres server, Cable cable, Till till) {
    OrgScope scope = till.organization("outage", Money.ofCents(1_000));
    OrgScope unleased = till.organization("never seen", Money.ofCents(1_000));
    Hold hold = till.hold(scope, Money.ofCents(10));
    // It is started again at once; the cable keeps it away until that has been seen.
    cable.cut();
    server.kill();
    Future<Settlement> charge = till.pay(hold, Money.ofCents(7));
    Set<ErrorCode> codes = EnumSet.noneOf(ErrorCode.class);
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> {
          if (till.admit(unleased, Money.ofCents(1)) instanceof Admission.Refused<?> refused) {
            codes.add(refused.code());
          }
          return charge.isComplete() && !codes.isEmpty();
        });
    cable.mend();
    assertThat(codes).containsExactly(ErrorCode.BUDGET_UNAVAILABLE);
    assertThat(charge.succeeded()).as("its charge is durable in the journal").isTrue();
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> till.spend.ledger(scope, null, null, 10, null).items().size() == 1);
    await()
        .atMost(PATIENCE)
        .until(() -> till.admit(unleased, Money.ofCents(1)) instanceof Admission.Granted<?>);
    await().atMost(PATIENCE).until(till.spend::ready);
    // A lease that ran out meanwhile is presumed spent until its node has told what of it was.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(till.spend.status(scope).spent()).isEqualTo(Money.ofCents(7)));
    till.books();
  }
}
