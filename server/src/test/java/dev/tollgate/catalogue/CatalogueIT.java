package dev.tollgate.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.spend.Money;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.ApiKeyDraft;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.OrganizationDraft;
import dev.tollgate.tenancy.Tenancy;
import dev.tollgate.testing.TestDatabase;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CatalogueIT {

  private static final Caller.Administrator ADMIN =
      new Caller.Administrator(new UUID(0, 9), "test");

  private final Storage storage = Storage.open(TestDatabase.freshPlainOwner());
  private final Tenancy tenancy = Tenancy.open(storage, null, Clock.system());
  private final Catalogue catalogue = Catalogue.open(storage, null, Clock.system());

  @AfterAll
  void close() {
    storage.close();
  }

  @Test
  void readsBackWhatWasMade() {
    OrgScope scope = organization("reads back");
    ConnectorDraft draft =
        new ConnectorDraft(
            "shell",
            null,
            new Place.Command(List.of("run", "it"), Map.of("HOME", "/tmp")),
            AuthKind.NONE,
            true,
            Map.of("t", new ToolPolicy(Freshness.STABLE, true, false, false, Money.ZERO)),
            Money.ofDollars("0.002"));
    Connector made = catalogue.create(scope, ADMIN, Ids.next(), draft, _ -> () -> {});
    assertThat(catalogue.get(scope, made.id())).isEqualTo(made);
    assertThat(made.place()).isEqualTo(draft.place());
    assertThat(made.policies()).isEqualTo(draft.policies());
    assertThat(made.policy("t").price()).isEqualTo(Money.ZERO);
    assertThat(made.policy("other").price()).isEqualTo(Money.ofDollars("0.002"));
    Connector changed =
        catalogue.change(scope, ADMIN, made.id(), draft("shell"), (_, _) -> () -> {});
    assertThat(changed.revision()).isEqualTo(made.revision() + 1);
    assertThat(changed.price()).isNull();
    assertThat(changed.place()).isInstanceOf(Place.Url.class);
    catalogue.delete(scope, ADMIN, made.id(), _ -> () -> {});
    assertThatThrownBy(() -> catalogue.get(scope, made.id()))
        .isInstanceOfSatisfying(
            Failure.class, gone -> assertThat(gone.code()).isEqualTo(ErrorCode.NOT_FOUND));
  }

  @Test
  void seesItsOwnChangesAtOnce() {
    OrgScope scope = organization("at once");
    UUID organization = scope.organizationId();
    assertThat(catalogue.load(organization).connectors()).isEmpty();
    assertThat(catalogue.cached(organization)).isNotNull();
    catalogue.create(scope, ADMIN, Ids.next(), draft("beta"), _ -> () -> {});
    assertThat(catalogue.cached(organization)).isNull();
    catalogue.create(scope, ADMIN, Ids.next(), draft("alpha"), _ -> () -> {});
    assertThat(catalogue.load(organization).connectors())
        .extracting(Connector::name)
        .containsExactly("alpha", "beta");
    ToolRules rules = new ToolRules(List.of(), List.of("alpha__*"));
    UUID key = tenancy.createKey(scope, ADMIN, new ApiKeyDraft("k", null, null, null)).item().id();
    catalogue.setRules(scope, ADMIN, key, rules);
    catalogue.setRules(scope, ADMIN, null, ToolRules.NONE);
    catalogue.setRules(scope, ADMIN, null, new ToolRules(List.of("beta__*"), List.of()));
    OrganizationConnectors all = catalogue.load(organization);
    assertThat(all.keys()).containsExactly(Map.entry(key, rules));
    assertThat(all.rules().allow()).containsExactly("beta__*");
    assertThat(catalogue.rules(scope, key)).isEqualTo(rules);
  }

  @Test
  void keepsOrganizationsApart() {
    OrgScope mine = organization("mine");
    OrgScope theirs = organization("theirs");
    Connector other =
        catalogue.create(theirs, ADMIN, Ids.next(), draft("same-name"), _ -> () -> {});
    catalogue.create(mine, ADMIN, Ids.next(), draft("same-name"), _ -> () -> {});
    assertThat(catalogue.load(mine.organizationId()).connectors()).hasSize(1);
    assertThatThrownBy(() -> catalogue.get(mine, other.id())).isInstanceOf(Failure.class);
    assertThatThrownBy(() -> catalogue.delete(mine, ADMIN, other.id(), _ -> () -> {}))
        .isInstanceOf(Failure.class);
    assertThatThrownBy(
            () -> catalogue.create(mine, ADMIN, Ids.next(), draft("same-name"), _ -> () -> {}))
        .isInstanceOfSatisfying(
            Failure.class, taken -> assertThat(taken.code()).isEqualTo(ErrorCode.CONFLICT));
  }

  private OrgScope organization(String name) {
    UUID id =
        tenancy.createOrganization(ADMIN, new OrganizationDraft(name, null), (_, _) -> {}).id();
    return tenancy.scopeFor(ADMIN, id);
  }

  private static ConnectorDraft draft(String name) {
    return new ConnectorDraft(
        name,
        null,
        new Place.Url(URI.create("https://example.com/mcp"), false),
        AuthKind.BEARER,
        null,
        Map.of(),
        null);
  }
}
