package dev.tollgate.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tollgate.bootstrap.EmbeddedRedis;
import dev.tollgate.kernel.Closer;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import dev.tollgate.secrets.MasterKey;
import dev.tollgate.secrets.MasterKeys;
import dev.tollgate.secrets.Secrets;
import dev.tollgate.storage.Redis;
import dev.tollgate.storage.RedisConfig;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.tenancy.AuditEntry;
import dev.tollgate.tenancy.Caller;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.OrganizationDraft;
import dev.tollgate.tenancy.Tenancy;
import dev.tollgate.testing.ManualClock;
import dev.tollgate.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyringIT {

  private static final Caller.Administrator ADMIN =
      new Caller.Administrator(new UUID(0, 99), "tester");

  private final Closer closer = new Closer();
  private final StorageConfig database = TestDatabase.freshPlainOwner();
  private final ManualClock clock = new ManualClock();
  private final MasterKey master = MasterKey.parse(MasterKey.generate());
  private final Storage storage = closer.add(Storage.open(database));
  private final Secrets secrets = secrets(master);
  private final Tenancy tenancy = Tenancy.open(storage, null, clock);
  private final Keyring here = keyring(secrets);
  private final OrgScope acme = organization("acme");
  private final OrgScope other = organization("other");

  @AfterEach
  void close() {
    closer.close();
  }

  private Secrets secrets(@Nullable MasterKey key) {
    return Secrets.open(storage, new MasterKeys(key, null), handle -> {});
  }

  private Keyring keyring(Secrets by) {
    return Keyring.open(storage, by, null, Set.of("anthropic", "openai"), clock);
  }

  private OrgScope organization(String name) {
    return tenancy.scopeFor(
        ADMIN,
        tenancy
            .createOrganization(ADMIN, new OrganizationDraft(name, null), (handle, made) -> {})
            .id());
  }

  private ProviderKey add(OrgScope scope, String provider, String key) {
    return here.add(scope, ADMIN, new ProviderKeyDraft(provider, new Secret(key), null));
  }

  private static List<String> read(Keyring by, OrgScope scope, String provider) {
    return by.keys(scope.organizationId()).toCompletableFuture().join().of(provider).stream()
        .map(key -> key.key().reveal())
        .toList();
  }

  @Test
  void givesAnOrganizationItsOwnKeysAndNobodyElses() {
    add(acme, "anthropic", "sk-one");
    add(acme, "anthropic", "sk-two");
    add(acme, "openai", "sk-open");
    assertThat(read(here, acme, "anthropic")).containsExactly("sk-one", "sk-two");
    assertThat(read(here, acme, "openai")).containsExactly("sk-open");
    assertThat(read(here, other, "anthropic")).isEmpty();
    assertThat(here.list(other, 10, null).items()).isEmpty();
    assertThat(here.cached(acme.organizationId())).isNotNull();
  }

  @Test
  void destroysWhatIsRevokedAndStillListsIt() throws SQLException {
    ProviderKey key = add(acme, "anthropic", "sk-one");
    assertThatThrownBy(() -> here.revoke(other, ADMIN, key.id())).isInstanceOf(Failure.class);
    here.revoke(acme, ADMIN, key.id());
    here.revoke(acme, ADMIN, key.id());
    assertThat(read(here, acme, "anthropic")).isEmpty();
    assertThat(here.list(acme, 10, null).items())
        .singleElement()
        .satisfies(listed -> {
          assertThat(listed.fingerprint()).isEqualTo(Keyring.fingerprint(new Secret("sk-one")));
          assertThat(listed.revokedAt()).isNotNull();
        });
    assertThat(column("SELECT count(sealed) FROM tollgate.provider_keys")).isEqualTo("0");
    assertThat(tenancy.auditEntries(acme.organizationId(), 10, null).items())
        .extracting(AuditEntry::action)
        .containsExactly("provider-key.revoke", "provider-key.create", "organization.create");
    add(acme, "anthropic", "sk-one");
    assertThat(read(here, acme, "anthropic")).containsExactly("sk-one");
  }

  @Test
  void destroysTheKeysOfAnOrganizationThatIsDeleted() throws SQLException {
    add(acme, "anthropic", "sk-one");
    add(acme, "openai", "sk-two");
    add(other, "openai", "sk-others");
    List<Runnable> afterwards = new ArrayList<>();
    tenancy.deleteOrganization(
        ADMIN,
        acme.organizationId(),
        handle -> afterwards.add(here.revokeAll(handle, ADMIN, acme.organizationId())));
    afterwards.forEach(Runnable::run);
    assertThat(read(here, acme, "anthropic")).isEmpty();
    assertThat(column("SELECT count(sealed) FROM tollgate.provider_keys")).isEqualTo("1");
    assertThat(read(here, other, "openai")).containsExactly("sk-others");
    assertThat(tenancy.auditEntries(acme.organizationId(), 10, null).items())
        .extracting(AuditEntry::action)
        .startsWith("provider-key.revoke", "provider-key.revoke", "organization.delete");
    assertThatThrownBy(() -> add(acme, "openai", "sk-late"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
  }

  @Test
  void refusesWhatItCannotKeep() {
    assertThatThrownBy(() ->
            keyring(secrets(null))
                .add(acme, ADMIN, new ProviderKeyDraft("openai", new Secret("x"), null)))
        .hasMessageContaining("secrets new-key");
    add(acme, "anthropic", "sk-one");
    assertThatThrownBy(() -> add(acme, "anthropic", "sk-one"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    assertThatThrownBy(() -> add(acme, "gemini", "sk-one"))
        .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.field()).isEqualTo("provider"));
    for (String broken : List.of("", "sk one", "sk-one\r\nhost: evil", "sk-\u00fc")) {
      assertThatThrownBy(() -> add(acme, "anthropic", broken))
          .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.field()).isEqualTo("key"))
          .message()
          .satisfies(message -> assertThat(broken.isEmpty() || !message.contains(broken)).isTrue());
    }
    for (int i = 1; i < ProviderKeyTable.MOST; i++) {
      add(acme, "anthropic", "sk-" + i);
    }
    assertThatThrownBy(() -> add(acme, "anthropic", "sk-last"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("revoke one first");
  }

  @Test
  void failsClosedWithoutTheMasterKey() {
    Keyring blind = keyring(secrets(null));
    add(acme, "anthropic", "sk-one");
    assertThatThrownBy(() -> read(blind, acme, "anthropic"))
        .cause()
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    assertThat(read(blind, other, "anthropic")).isEmpty();
  }

  @Test
  void anotherNodeHearsWithinFiveSeconds() {
    Keyring there = keyring(secrets);
    assertThat(read(there, acme, "anthropic")).isEmpty();
    add(acme, "anthropic", "sk-one");
    clock.advance(Duration.ofSeconds(6));
    assertThat(read(there, acme, "anthropic")).containsExactly("sk-one");
  }

  @Test
  void anotherNodeHearsAtOnceOverRedis(@TempDir Path home) {
    try (EmbeddedRedis server = EmbeddedRedis.start(home);
        Redis from = redis(server);
        Redis to = redis(server)) {
      Set<String> providers = Set.of("anthropic");
      Keyring first = Keyring.open(storage, secrets, from, providers, clock);
      Keyring second = Keyring.open(storage, secrets, to, providers, clock);
      // One connection subscribes in order: who hears this hears of keys too.
      AtomicBoolean heard = new AtomicBoolean();
      to.subscribe("probe", message -> heard.set(true));
      await()
          .until(() -> {
            from.publish("probe", "");
            return heard.get();
          });
      assertThat(read(second, acme, "anthropic")).isEmpty();
      first.add(acme, ADMIN, new ProviderKeyDraft("anthropic", new Secret("sk-one"), "main"));
      await().until(() -> read(second, acme, "anthropic").equals(List.of("sk-one")));
    }
  }

  private static Redis redis(EmbeddedRedis server) {
    return Redis.open(new RedisConfig(server.address().url(), "t:"));
  }

  @Test
  void outlivesARotationOfTheKeysItIsUnder() throws SQLException {
    add(acme, "anthropic", "sk-one");
    here.revoke(acme, ADMIN, add(acme, "anthropic", "sk-gone").id());
    String before = column("SELECT encode(sealed, 'hex') FROM tollgate.provider_keys LIMIT 1");
    assertThat(secrets.rotate((handle, action) -> {}).rows()).isEqualTo(1);
    assertThat(column("SELECT encode(sealed, 'hex') FROM tollgate.provider_keys LIMIT 1"))
        .isNotEqualTo(before);
    assertThat(read(keyring(secrets(master)), acme, "anthropic")).containsExactly("sk-one");
  }

  @Test
  void showsNoKeyAnywhere() throws SQLException {
    add(acme, "anthropic", "sk-planted");
    OwnKeys keys = here.keys(acme.organizationId()).toCompletableFuture().join();
    assertThat(
            keys
                + " "
                + keys.of("anthropic")
                + here.list(acme, 10, null)
                + new ProviderKeyDraft("anthropic", new Secret("sk-planted"), null))
        .doesNotContain("planted");
    assertThat(
            column(
                "SELECT (SELECT string_agg(k::text || encode(sealed, 'escape'), '')"
                    + " FROM tollgate.provider_keys k) ||"
                    + " (SELECT string_agg(a::text, '') FROM tollgate.audit_log a)"))
        .doesNotContain("planted")
        .contains("provider-key.create");
  }

  private String column(String question) throws SQLException {
    try (Connection owner = TestDatabase.connectAsSuperuser(database);
        Statement statement = owner.createStatement();
        ResultSet row = statement.executeQuery(question)) {
      assertThat(row.next()).isTrue();
      return String.valueOf(row.getString(1));
    }
  }
}
