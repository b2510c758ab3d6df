package dev.tollgate.spend;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.OrganizationDraft;
import dev.tollgate.tenancy.Tenancy;
import dev.tollgate.testing.Scratch;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A money room on a database of its own, and calls that pay in it. */
final class Till implements AutoCloseable {

  static final Caller.Administrator ADMIN = new Caller.Administrator(new UUID(0, 9), "test");

  /** Waits half a second for money. */
  static final SpendConfig CONFIG = config(Duration.ofMillis(500), Duration.ofSeconds(10));

  static final Duration PATIENT = Duration.ofSeconds(10);

  final Storage storage;
  final Tenancy tenancy;
  final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final UUID nodeId;
  final Spend spend;

  private Till(Storage storage, SpendConfig config, UUID nodeId, Path journal) {
    this.storage = storage;
    this.tenancy = Tenancy.open(storage, null, Clock.system());
    this.nodeId = nodeId;
    this.spend =
        Spend.open(config, storage, Clock.system(), meters, nodeId, "127.0.0.1:0", journal, null);
  }

  /** With leases of two seconds. */
  static SpendConfig brief() {
    return config(Duration.ofMillis(500), Duration.ofSeconds(10), Duration.ofSeconds(2));
  }

  static SpendConfig config(Duration heldWait, Duration settleTimeout) {
    return config(heldWait, settleTimeout, Duration.ofSeconds(10));
  }

  private static SpendConfig config(
      Duration heldWait, Duration settleTimeout, Duration leaseLifetime) {
    return new SpendConfig(
        heldWait,
        1_024,
        settleTimeout,
        65_536,
        256,
        leaseLifetime,
        1_000,
        100,
        Duration.ofSeconds(5));
  }

  static Till open(StorageConfig database) {
    return open(database, CONFIG, Ids.next());
  }

  static Till open(StorageConfig database, SpendConfig config, UUID nodeId) {
    return open(database, config, nodeId, Scratch.directory("journal"));
  }

  static Till open(StorageConfig database, SpendConfig config, UUID nodeId, Path journal) {
    return new Till(Storage.open(database), config, nodeId, journal);
  }

  static BudgetTerms limit(@Nullable Money limit) {
    return new BudgetTerms(limit, Ladder.OFF, Estimation.CAPPED, true);
  }

  OrgScope organization(String name, @Nullable Money limit) {
    UUID id =
        tenancy
            .createOrganization(
                ADMIN,
                new OrganizationDraft(name, null),
                (handle, made) -> Spend.openBudget(handle, made.id(), limit(limit)))
            .id();
    return scope(id);
  }

  OrgScope scope(UUID organization) {
    return tenancy.scopeFor(ADMIN, organization);
  }

  Account account(OrgScope scope) {
    Account account = spend.account(scope.organizationId());
    if (account == null) {
      throw new AssertionError("not active: " + scope);
    }
    return account;
  }

  Future<Admission<String>> ask(OrgScope scope, Money amount) {
    return ask(scope, Ids.next(), amount);
  }

  private Future<Admission<String>> ask(OrgScope scope, UUID call, Money amount) {
    return spend.admit(
        scope, call, 1, standing -> new Proposal.Take<>(amount, "plan for " + amount));
  }

  Admission<String> admit(OrgScope scope, Money amount) {
    return await(ask(scope, amount));
  }

  /** A hold; a node that was too slow to renew its leases is asked again. */
  Hold hold(OrgScope scope, Money amount) {
    return hold(scope, Ids.next(), amount);
  }

  Hold hold(OrgScope scope, UUID call, Money amount) {
    long end = System.nanoTime() + Duration.ofSeconds(100).toNanos();
    while (true) {
      switch (await(ask(scope, call, amount))) {
        case Admission.Granted<String> granted -> {
          return granted.hold();
        }
        case Admission.Refused<String> refused -> {
          if (refused.code() != ErrorCode.BUDGET_UNAVAILABLE || System.nanoTime() - end > 0) {
            throw new AssertionError(refused.toString());
          }
        }
      }
    }
  }

  Admission.Refused<String> refusal(OrgScope scope, Money amount) {
    return switch (admit(scope, amount)) {
      case Admission.Refused<String> refused -> refused;
      case Admission.Granted<String> granted -> throw new AssertionError(granted.toString());
    };
  }

  /** Returns when the charge is in PostgreSQL, and not in the journal alone. */
  Settlement settle(Hold hold, @Nullable Money cost) {
    Settlement settlement = await(pay(hold, cost));
    awaitCommitted();
    return settlement;
  }

  void awaitCommitted() {
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> meters.get("spend.commit.queue").gauge().value() == 0);
  }

  Future<Settlement> pay(Hold hold, @Nullable Money cost) {
    return spend.settle(hold, FACTS, outcome(cost));
  }

  static final CallFacts FACTS =
      new CallFacts.Model(
          "request", null, "quick", 0.87, "lexicon", "asked", "served", null, "openai", "local",
          "ab12", "1");

  /** Of a call whose category was not told by its prompt. */
  static final CallFacts ASKED_FOR =
      new CallFacts.Model(
          "request", null, "quick", null, null, "asked", "served", null, "openai", "local", "ab12",
          "1");

  static Outcome outcome(@Nullable Money cost) {
    return new Outcome(
        Outcome.Status.OK, Usage.of(10, 5), "{\"input\":10}", cost, "provider-1", 900, 300, 800);
  }

  void books() {
    awaitCommitted();
    Books.Report report = Books.verify(storage);
    if (!report.balanced()) {
      throw new AssertionError(List.copyOf(report.differences()).toString());
    }
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    spend.close();
    storage.close();
  }
}
