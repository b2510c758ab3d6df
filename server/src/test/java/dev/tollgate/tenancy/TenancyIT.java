package dev.tollgate.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.kernel.Page;
import dev.tollgate.kernel.Secret;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Role;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("databases")
class TenancyIT {

  private static final Caller.Administrator ADMIN =
      new Caller.Administrator(new UUID(0, 99), "tester");

  private final StorageConfig config;
  private Storage storage;
  private Tenancy tenancy;

  TenancyIT(StorageConfig config) {
    this.config = config;
  }

  static Stream<StorageConfig> databases() {
    return Stream.of(TestDatabase.fresh(), TestDatabase.freshPlainOwner());
  }

  @BeforeEach
  void open() {
    storage = Storage.open(config);
    tenancy = Tenancy.open(storage, null, Clock.system());
  }

  @AfterEach
  void close() {
    storage.close();
  }

  // Keys

  @Test
  void findsWhomAKeyBelongsTo() {
    OrgScope scope = organization();
    User user = tenancy.createUser(scope, ADMIN, new UserDraft("a@example.org", null, null));
    Issued<ApiKey> issued =
        tenancy.createKey(scope, ADMIN, new ApiKeyDraft("ci", user.id(), "blue", null));
    String key = issued.key().reveal();
    assertThat(key).matches("tg_live_[0-9A-Za-z]{43}").startsWith(issued.item().prefix());
    assertThat(tenancy.cached(key)).isNull();
    assertThat(tenancy.authenticate(key))
        .isInstanceOfSatisfying(
            Caller.Tenant.class,
            tenant -> {
              assertThat(tenant.scope().organizationId()).isEqualTo(scope.organizationId());
              assertThat(tenant.scope().keyId()).isEqualTo(issued.item().id());
              assertThat(tenant.scope().userId()).isEqualTo(user.id());
              assertThat(tenant.scope().project()).isEqualTo("blue");
              assertThat(tenant.scope().entitlements()).isSameAs(Entitlements.OPEN);
            });
    assertThat(tenancy.cached(key)).isEqualTo(tenancy.authenticate(key));
  }

  @Test
  void findsAllThatLimitsAKey() {
    RateLimits ten = new RateLimits(10L, null, 1L);
    RateLimits twenty = new RateLimits(20L, 2_000L, null);
    RateLimits thirty = new RateLimits(null, 3_000L, 3L);
    OrgScope scope =
        tenancy.scopeFor(
            ADMIN,
            tenancy
                .createOrganization(
                    ADMIN, new OrganizationDraft("Limited", null, thirty), TenancyIT::nothing)
                .id());
    User user = tenancy.createUser(scope, ADMIN, new UserDraft(null, "Ada", null, twenty));
    KeyTerms terms = new KeyTerms(ten, List.of("quick", "gpt-*"), List.of("messages"));
    Issued<ApiKey> issued =
        tenancy.createKey(scope, ADMIN, new ApiKeyDraft("ci", user.id(), null, null, terms));
    Entitlements all = new Entitlements(terms, twenty, thirty);
    assertThat(entitlements(issued)).isEqualTo(all);
    assertThat(tenancy.scopeFor(scope, issued.item().id()).entitlements()).isEqualTo(all);
    assertThat(
            tenancy
                .scopeForToken(scope.organizationId().toString(), user.id().toString())
                .entitlements())
        .isEqualTo(new Entitlements(KeyTerms.OPEN, twenty, thirty));
    assertThat(scope.entitlements()).isSameAs(Entitlements.OPEN);

    tenancy.limitUser(scope, ADMIN, user.id(), old -> ten);
    tenancy.changeKey(
        scope, ADMIN, issued.item().id(), old -> new KeyTerms(twenty, null, old.allowedRoutes()));
    tenancy.limitOrganization(ADMIN, scope.organizationId(), old -> RateLimits.NONE);
    assertThat(entitlements(issued))
        .isEqualTo(
            new Entitlements(
                new KeyTerms(twenty, null, List.of("messages")), ten, RateLimits.NONE));
  }

  private Entitlements entitlements(Issued<ApiKey> key) {
    return tenancy.authenticate(key.key().reveal()) instanceof Caller.Tenant(OrgScope found)
        ? found.entitlements()
        : Entitlements.OPEN;
  }

  @Test
  void refusesAKeyThatNobodyHas() {
    assertFails(ErrorCode.UNAUTHENTICATED, () -> tenancy.authenticate("short"));
    assertFails(ErrorCode.UNAUTHENTICATED, () -> tenancy.authenticate("tg_live_" + "x".repeat(43)));
    assertFails(ErrorCode.UNAUTHENTICATED, () -> tenancy.authenticate("x".repeat(100_000)));
  }

  @Test
  void refusesARevokedKeyAtOnce() {
    OrgScope scope = organization();
    Issued<ApiKey> issued = key(scope, null);
    tenancy.authenticate(issued.key().reveal());
    tenancy.revokeKey(scope, ADMIN, issued.item().id());
    assertThat(tenancy.cached(issued.key().reveal())).isNull();
    assertFails(ErrorCode.UNAUTHENTICATED, () -> tenancy.authenticate(issued.key().reveal()));
    tenancy.revokeKey(scope, ADMIN, issued.item().id());
    assertThat(tenancy.keys(scope, 10, null).items())
        .singleElement()
        .satisfies(key -> assertThat(key.revokedAt()).isNotNull());
  }

  @Test
  void keepsTheOldKeyUntilItIsRevoked() {
    OrgScope scope = organization();
    Issued<ApiKey> old = key(scope, null);
    Issued<ApiKey> next = key(scope, null);
    assertThat(tenancy.authenticate(old.key().reveal())).isInstanceOf(Caller.Tenant.class);
    tenancy.revokeKey(scope, ADMIN, old.item().id());
    assertThat(tenancy.authenticate(next.key().reveal())).isInstanceOf(Caller.Tenant.class);
  }

  @Test
  void refusesAnExpiredKey() {
    OrgScope scope = organization();
    assertFails(ErrorCode.INVALID_REQUEST, () -> key(scope, Instant.now().minusSeconds(1)));
    Issued<ApiKey> issued = key(scope, Instant.now().plusSeconds(3_600));
    assertThat(tenancy.authenticate(issued.key().reveal())).isInstanceOf(Caller.Tenant.class);
    Issued<ApiKey> brief = briefKey(scope);
    await().until(() -> refused(brief.key().reveal()));
  }

  /** A key that expires soon, though not before it is made: how long that takes is not known. */
  private Issued<ApiKey> briefKey(OrgScope scope) {
    for (Duration span = Duration.ofMillis(300); ; span = span.multipliedBy(2)) {
      try {
        return key(scope, Instant.now().plus(span));
      } catch (Failure e) {
        assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(span).isLessThan(Duration.ofMinutes(1));
      }
    }
  }

  private boolean refused(String key) {
    try {
      tenancy.authenticate(key);
      return false;
    } catch (Failure e) {
      return e.code() == ErrorCode.UNAUTHENTICATED;
    }
  }

  @Test
  void refusesTheKeysOfADeletedOrganizationAndOfADeletedUser() {
    OrgScope scope = organization();
    User user = tenancy.createUser(scope, ADMIN, new UserDraft(null, "Ada", null));
    Issued<ApiKey> users =
        tenancy.createKey(scope, ADMIN, new ApiKeyDraft("hers", user.id(), null, null));
    Issued<ApiKey> other = key(scope, null);
    tenancy.authenticate(users.key().reveal());
    tenancy.authenticate(other.key().reveal());
    tenancy.deleteUser(scope, ADMIN, user.id());
    assertFails(ErrorCode.UNAUTHENTICATED, () -> tenancy.authenticate(users.key().reveal()));
    assertThat(tenancy.authenticate(other.key().reveal())).isInstanceOf(Caller.Tenant.class);
    tenancy.deleteOrganization(ADMIN, scope.organizationId(), handle -> {});
    assertFails(ErrorCode.UNAUTHENTICATED, () -> tenancy.authenticate(other.key().reveal()));
    assertFails(ErrorCode.NOT_FOUND, () -> tenancy.scopeFor(ADMIN, scope.organizationId()));
  }

  @Test
  void saysUnavailableWhenTheDatabaseIsAway() {
    OrgScope scope = organization();
    Issued<ApiKey> issued = key(scope, null);
    storage.close();
    assertFails(ErrorCode.UNAVAILABLE, () -> tenancy.authenticate(issued.key().reveal()));
    assertFails(ErrorCode.UNAVAILABLE, () -> tenancy.authenticate("tg_live_" + "y".repeat(43)));
  }

  // Tenants apart

  @Test
  void seesNothingOfAnotherTenantUnderTheTenantsRole() {
    OrgScope mine = organization();
    OrgScope theirs = organization();
    User user = tenancy.createUser(theirs, ADMIN, new UserDraft(null, "Theirs", null));
    Issued<ApiKey> key = key(theirs, null);
    assertFails(ErrorCode.NOT_FOUND, () -> tenancy.user(mine, user.id()));
    assertFails(
        ErrorCode.NOT_FOUND,
        () -> tenancy.updateUser(mine, ADMIN, user.id(), new UserDraft(null, "Mine", null)));
    assertFails(ErrorCode.NOT_FOUND, () -> tenancy.deleteUser(mine, ADMIN, user.id()));
    assertFails(ErrorCode.NOT_FOUND, () -> tenancy.revokeKey(mine, ADMIN, key.item().id()));
    assertFails(
        ErrorCode.INVALID_REQUEST,
        () -> tenancy.createKey(mine, ADMIN, new ApiKeyDraft("x", user.id(), null, null)));
    assertThat(tenancy.users(mine, 10, null).items()).isEmpty();
    assertThat(tenancy.keys(mine, 10, null).items()).isEmpty();
    assertThat(tenancy.authenticate(key.key().reveal())).isInstanceOf(Caller.Tenant.class);
  }

  @Test
  void writesNothingForAnotherTenantUnderAnyRole() {
    OrgScope mine = organization();
    OrgScope theirs = organization();
    tenancy.createUser(theirs, ADMIN, new UserDraft(null, "Theirs", null));
    String insert =
        "INSERT INTO users (id, organization_id, name) VALUES ('%s', '%s', 'intruder')"
            .formatted(Ids.next(), theirs.organizationId());
    for (Role role : Role.values()) {
      for (UUID organization : new UUID[] {mine.organizationId(), null}) {
        assertThatThrownBy(() ->
                storage.transact(new Access(role, organization), handle -> handle.execute(insert)))
            .as(role + " for " + organization)
            .hasMessageMatching("(?s).*(row-level security|permission denied).*");
      }
    }
    int changed =
        storage.transact(
            Access.tenant(mine.organizationId()),
            handle -> handle.execute("UPDATE users SET name = 'taken'"));
    assertThat(changed).isZero();
  }

  @Test
  void auditsForItsOwnOrganizationOnly() {
    OrgScope mine = organization();
    OrgScope theirs = organization();
    AuditNote note = AuditNote.of("x", "y", Ids.next(), theirs.organizationId(), Map.of());
    assertThatThrownBy(() ->
            storage.transact(
                Access.tenant(mine.organizationId()),
                handle -> {
                  Tenancy.audit(handle, ADMIN, note);
                  return 0;
                }))
        .hasMessageContaining("its own organization only");
  }

  // Organizations

  @Test
  void makesAnOrganizationTogetherWithWhatBelongsToIt() {
    List<UUID> seen = new ArrayList<>();
    Organization made =
        tenancy.createOrganization(
            ADMIN,
            new OrganizationDraft("Acme", null),
            (handle, organization) -> {
              Storage.enter(handle, Access.spend());
              seen.add(organization.id());
            });
    assertThat(seen).containsExactly(made.id());
    assertThat(tenancy.organization(made.id())).isEqualTo(made);
    assertThatThrownBy(() ->
            tenancy.createOrganization(
                ADMIN,
                new OrganizationDraft("Never", "never"),
                (handle, organization) -> {
                  throw new IllegalStateException("no budget");
                }))
        .hasMessage("no budget");
    assertThat(tenancy.organizations(1_000, null).items())
        .extracting(Organization::name)
        .doesNotContain("Never");
  }

  @Test
  void putsByExternalIdOnceHoweverManyAskAtOnce() throws Exception {
    String external = "crm/" + Ids.next();
    List<Future<OrganizationPut>> puts = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        puts.add(
            callers.submit(
                () -> tenancy.putOrganization(ADMIN, external, "Acme", TenancyIT::nothing)));
      }
    }
    List<UUID> ids = new ArrayList<>();
    int created = 0;
    for (Future<OrganizationPut> put : puts) {
      ids.add(put.get().organization().id());
      created += put.get().created() ? 1 : 0;
    }
    assertThat(ids.stream().distinct()).hasSize(1);
    assertThat(created).isEqualTo(1);
    OrganizationPut renamed =
        tenancy.putOrganization(ADMIN, external, "Acme Ltd", TenancyIT::nothing);
    assertThat(renamed.created()).isFalse();
    assertThat(renamed.organization().name()).isEqualTo("Acme Ltd");
    assertFails(
        ErrorCode.CONFLICT,
        () ->
            tenancy.createOrganization(
                ADMIN, new OrganizationDraft("Other", external), TenancyIT::nothing));
    tenancy.deleteOrganization(ADMIN, ids.getFirst(), handle -> {});
    assertThat(tenancy.putOrganization(ADMIN, external, "Anew", TenancyIT::nothing).created())
        .isTrue();
  }

  @Test
  void listsByPagesWithoutLossOrRepetition() {
    OrgScope scope = organization();
    List<UUID> made = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      made.add(tenancy.createUser(scope, ADMIN, new UserDraft(null, "user " + i, null)).id());
    }
    List<UUID> seen = new ArrayList<>();
    String cursor = null;
    int pages = 0;
    do {
      Page<User> page = tenancy.users(scope, 3, cursor);
      page.items().forEach(user -> seen.add(user.id()));
      cursor = page.nextCursor();
      pages++;
    } while (cursor != null);
    assertThat(seen).containsExactlyElementsOf(made);
    assertThat(pages).isEqualTo(3);
    String ofUsers = tenancy.users(scope, 3, null).nextCursor();
    assertThat(ofUsers).matches("[A-Za-z0-9_-]+");
    assertFails(ErrorCode.INVALID_REQUEST, () -> tenancy.keys(scope, 3, ofUsers));
    assertFails(ErrorCode.INVALID_REQUEST, () -> tenancy.users(scope, 3, "nonsense"));
    assertFails(ErrorCode.INVALID_REQUEST, () -> tenancy.users(scope, 3, "%%%"));
  }

  @Test
  void refusesNamesThatCannotBeStored() {
    for (String name : List.of("", "  ", "a\u0000b", "\ud800", "x".repeat(201))) {
      assertFails(ErrorCode.INVALID_REQUEST, () -> new OrganizationDraft(name, null));
      assertFails(
          ErrorCode.INVALID_REQUEST, () -> tenancy.renameOrganization(ADMIN, Ids.next(), name));
    }
    assertThat(new OrganizationDraft("\ud83d\ude00".repeat(200), null).name()).isNotEmpty();
  }

  @Test
  void keepsEmailsUniqueInAnOrganizationOnly() {
    OrgScope one = organization();
    OrgScope two = organization();
    UserDraft draft = new UserDraft("ada@example.org", null, null);
    User user = tenancy.createUser(one, ADMIN, draft);
    tenancy.createUser(two, ADMIN, draft);
    assertFails(
        ErrorCode.CONFLICT,
        () -> tenancy.createUser(one, ADMIN, new UserDraft("Ada@Example.org", null, null)));
    tenancy.deleteUser(one, ADMIN, user.id());
    tenancy.createUser(one, ADMIN, draft);
  }

  // Administrators

  @Test
  void knowsAdministratorsByTheirKeysAndKeepsTheLast() {
    Issued<Administrator> ada = tenancy.createAdministrator(ADMIN, "ada " + Ids.next());
    assertThat(ada.key().reveal()).startsWith("tg_admin_");
    assertThat(tenancy.authenticate(ada.key().reveal()))
        .isEqualTo(new Caller.Administrator(ada.item().id(), ada.item().name()));
    assertFails(ErrorCode.CONFLICT, () -> tenancy.createAdministrator(ADMIN, ada.item().name()));
    assertFails(ErrorCode.INVALID_REQUEST, () -> tenancy.createAdministrator(ADMIN, "environment"));
    Issued<Administrator> bob = tenancy.createAdministrator(ADMIN, "bob " + Ids.next());
    for (Administrator other : tenancy.administrators(1_000, null).items()) {
      if (other.revokedAt() == null && !other.id().equals(bob.item().id())) {
        tenancy.revokeAdministrator(ADMIN, other.id());
      }
    }
    assertFails(ErrorCode.UNAUTHENTICATED, () -> tenancy.authenticate(ada.key().reveal()));
    assertFails(ErrorCode.CONFLICT, () -> tenancy.revokeAdministrator(ADMIN, bob.item().id()));
    assertFails(ErrorCode.NOT_FOUND, () -> tenancy.revokeAdministrator(ADMIN, Ids.next()));
  }

  @Test
  void followsTheEnvironmentsKey() {
    Secret first = new Secret("environment-key-1");
    Secret second = new Secret("environment-key-2");
    tenancy.registerEnvironmentKey(first);
    Caller caller = tenancy.authenticate(first.reveal());
    assertThat(caller)
        .isInstanceOfSatisfying(
            Caller.Administrator.class, admin -> assertThat(admin.name()).isEqualTo("environment"));
    tenancy.registerEnvironmentKey(first);
    assertThat(tenancy.authenticate(first.reveal())).isEqualTo(caller);
    tenancy.registerEnvironmentKey(second);
    assertFails(ErrorCode.UNAUTHENTICATED, () -> tenancy.authenticate(first.reveal()));
    assertThat(tenancy.authenticate(second.reveal())).isInstanceOf(Caller.Administrator.class);
    tenancy.registerEnvironmentKey(null);
    assertFails(ErrorCode.UNAUTHENTICATED, () -> tenancy.authenticate(second.reveal()));
    assertFails(
        ErrorCode.INVALID_REQUEST,
        () -> tenancy.registerEnvironmentKey(new Secret("only-15-letters")));
    Secret tenants = key(organization(), null).key();
    assertFails(ErrorCode.INVALID_REQUEST, () -> tenancy.registerEnvironmentKey(tenants));
  }

  private static void nothing(Handle handle, Organization organization) {}

  private OrgScope organization() {
    Organization made =
        tenancy.createOrganization(ADMIN, new OrganizationDraft("Acme", null), TenancyIT::nothing);
    return tenancy.scopeFor(ADMIN, made.id());
  }

  private Issued<ApiKey> key(OrgScope scope, @Nullable Instant expires) {
    return tenancy.createKey(scope, ADMIN, new ApiKeyDraft("key", null, null, expires));
  }

  private static void assertFails(ErrorCode code, Runnable work) {
    assertThatThrownBy(work::run)
        .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
