package dev.tollgate.bench;

import dev.tollgate.bootstrap.EmbeddedPostgres;
import dev.tollgate.bootstrap.PostgresAddress;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Ids;
import dev.tollgate.spend.BudgetName;
import dev.tollgate.spend.BudgetScope;
import dev.tollgate.spend.BudgetTerms;
import dev.tollgate.spend.BudgetWindow;
import dev.tollgate.spend.Estimation;
import dev.tollgate.spend.Ladder;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Spend;
import dev.tollgate.spend.SpendConfig;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.ApiKeyDraft;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.OrganizationDraft;
import dev.tollgate.tenancy.Tenancy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** The money room on a PostgreSQL of its own, and nothing around it. */
public final class Counter implements AutoCloseable {

  private static final Caller.Administrator BENCH =
      new Caller.Administrator(new UUID(0, 1), "bench");

  private final EmbeddedPostgres postgres;
  private final Storage storage;
  private final Tenancy tenancy;
  private final Spend spend;

  private Counter(EmbeddedPostgres postgres, Storage storage, Tenancy tenancy, Spend spend) {
    this.postgres = postgres;
    this.storage = storage;
    this.tenancy = tenancy;
    this.spend = spend;
  }

  /** Opens it with its data under {@code home}. */
  public static Counter open(Path home) {
    EmbeddedPostgres postgres = EmbeddedPostgres.start(home.resolve("postgres"));
    PostgresAddress owner = postgres.owner();
    StorageConfig config = new StorageConfig(owner.jdbcUrl(), owner.user(), owner.password(), 8);
    Storage.migrate(config);
    Storage storage = Storage.open(config);
    Spend spend =
        Spend.open(
            SpendConfig.DEFAULT,
            storage,
            Clock.system(),
            new SimpleMeterRegistry(),
            Ids.next(),
            "127.0.0.1:0",
            home.resolve("journal"),
            null);
    return new Counter(postgres, storage, Tenancy.open(storage, null, Clock.system()), spend);
  }

  /** A caller under the budgets of a key, a project and an organization, of {@code limit} each. */
  public OrgScope threeBudgets(Money limit) {
    UUID id =
        tenancy
            .createOrganization(
                BENCH,
                new OrganizationDraft("bench", null),
                (handle, made) ->
                    Spend.openBudget(
                        handle,
                        made.id(),
                        new BudgetTerms(limit, Ladder.OFF, Estimation.STRICT, false)))
            .id();
    OrgScope whole = tenancy.scopeFor(BENCH, id);
    String key =
        tenancy.createKey(whole, BENCH, new ApiKeyDraft("bench", null, "p", null)).key().reveal();
    if (!(tenancy.authenticate(key) instanceof Caller.Tenant(OrgScope scope))) {
      throw new IllegalStateException("a key of an organization is a tenant's");
    }
    for (BudgetName name :
        List.of(
            new BudgetName(scope, BudgetScope.PROJECT, "p"),
            new BudgetName(scope, BudgetScope.KEY, String.valueOf(scope.keyId())))) {
      spend.setBudget(name, BENCH, "bench", limit, BudgetWindow.Kind.MANUAL);
    }
    return scope;
  }

  public Spend spend() {
    return spend;
  }

  Storage storage() {
    return storage;
  }

  PostgresAddress owner() {
    return postgres.owner();
  }

  @Override
  public void close() {
    spend.close();
    storage.close();
    postgres.close();
  }
}
