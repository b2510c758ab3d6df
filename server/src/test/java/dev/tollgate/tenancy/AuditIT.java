package dev.tollgate.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Page;
import dev.tollgate.kernel.Secret;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuditIT {

  private static final Caller.Administrator ADMIN =
      new Caller.Administrator(new UUID(0, 99), "tester");

  private final StorageConfig config = TestDatabase.freshPlainOwner();
  private Storage storage;
  private Tenancy tenancy;

  @BeforeEach
  void open() {
    storage = Storage.open(config);
    tenancy = Tenancy.open(storage, null, Clock.system());
  }

  @AfterEach
  void close() {
    storage.close();
  }

  @Test
  void tellsWhoDidWhatToWhichObject() {
    UUID id = make("Acme");
    OrgScope scope = tenancy.scopeFor(ADMIN, id);
    tenancy.renameOrganization(ADMIN, id, "Acme Ltd");
    tenancy.renameOrganization(ADMIN, id, "Acme Ltd");
    Issued<ApiKey> key = tenancy.createKey(scope, ADMIN, new ApiKeyDraft("ci", null, null, null));
    tenancy.revokeKey(scope, ADMIN, key.item().id());
    tenancy.revokeKey(scope, ADMIN, key.item().id());
    User user = tenancy.createUser(scope, ADMIN, new UserDraft(null, "Ada", null));
    tenancy.updateUser(scope, ADMIN, user.id(), new UserDraft(null, "Ada L.", null));
    tenancy.deleteUser(scope, ADMIN, user.id());
    tenancy.deleteOrganization(ADMIN, id, handle -> {});
    List<AuditEntry> entries = tenancy.auditEntries(id, 100, null).items();
    assertThat(entries)
        .extracting(AuditEntry::action)
        .containsExactly(
            "organization.delete",
            "user.delete",
            "user.update",
            "user.create",
            "key.revoke",
            "key.create",
            "organization.rename",
            "organization.create");
    assertThat(entries).extracting(AuditEntry::actor).containsOnly("tester");
    assertThat(entries.toString()).doesNotContain(key.key().reveal());
    assertThat(entries.getLast().objectId()).isEqualTo(id.toString());
    assertThat(entries.get(6).details()).contains("Acme Ltd");
  }

  @Test
  void chainsEntriesInTheOrderOfCommits() throws Exception {
    // As many at once as the pool has connections: who waits for one for two seconds is refused.
    try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
      List<Future<?>> made = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        int n = i;
        made.add(callers.submit(() -> make("organization " + n)));
      }
      for (Future<?> one : made) {
        one.get();
      }
    }
    assertThat(tenancy.verifyAudit())
        .isInstanceOfSatisfying(
            AuditVerdict.Intact.class,
            intact -> {
              assertThat(intact.entries()).isEqualTo(40);
              assertThat(intact.head())
                  .isEqualTo(tenancy.auditEntries(null, 1, null).items().getFirst().hash());
            });
    assertThat(sequence()).hasSize(40).isSortedAccordingTo(Comparator.reverseOrder());
  }

  private List<Long> sequence() {
    List<Long> all = new ArrayList<>();
    String cursor = null;
    do {
      Page<AuditEntry> page = tenancy.auditEntries(null, 7, cursor);
      page.items().forEach(entry -> all.add(entry.seq()));
      cursor = page.nextCursor();
    } while (cursor != null);
    return all;
  }

  @Test
  void reportsTheFirstEntryThatWasChanged() throws SQLException {
    makeThree();
    tamper("UPDATE tollgate.audit_log SET actor = 'nobody' WHERE seq = 2");
    assertBroken(2, "its hash is not that of its content");
  }

  @Test
  void reportsAnEntryThatWasRemoved() throws SQLException {
    makeThree();
    tamper("DELETE FROM tollgate.audit_log WHERE seq = 2");
    assertBroken(2, "it is missing");
  }

  @Test
  void reportsAnEntryThatWasWrittenAnewWithItsOwnHash() throws SQLException {
    makeThree();
    tamper(
        "UPDATE tollgate.audit_log SET actor = 'nobody' WHERE seq = 1",
        "UPDATE tollgate.audit_log SET hash = sha256(previous || convert_to("
            + "tollgate.audit_canonical(audit_log), 'UTF8')) WHERE seq = 1");
    assertBroken(2, "it does not follow");
  }

  @Test
  void makesWhatAFirstStartNeedsOnceOnly() {
    List<FirstKeys> kept = new ArrayList<>();
    assertThat(tenancy.firstStart((handle, organization) -> {}, kept::add)).isTrue();
    assertThat(tenancy.firstStart((handle, organization) -> {}, kept::add)).isFalse();
    assertThat(kept).hasSize(1);
    assertThat(tenancy.authenticate(kept.getFirst().organization().reveal()))
        .isInstanceOf(Caller.Tenant.class);
    assertThat(tenancy.authenticate(kept.getFirst().administrator().reveal()))
        .isInstanceOf(Caller.Administrator.class);
    assertThat(tenancy.organizations(10, null).items())
        .extracting(Organization::name)
        .containsExactly("default");
    assertThat(tenancy.auditEntries(null, 10, null).items())
        .extracting(AuditEntry::actor)
        .containsOnly("start");
  }

  @Test
  void makesAFirstStartAgainWhenItsKeysCouldNotBeKept() {
    tenancy.registerEnvironmentKey(new Secret("an-environment-key"));
    assertThatThrownBy(() ->
            tenancy.firstStart(
                (handle, organization) -> {},
                keys -> {
                  throw new IllegalStateException("disk full");
                }))
        .hasMessage("disk full");
    assertThat(tenancy.organizations(10, null).items()).isEmpty();
    assertThat(tenancy.firstStart((handle, organization) -> {}, keys -> {})).isTrue();
  }

  private UUID make(String name) {
    return tenancy
        .createOrganization(ADMIN, new OrganizationDraft(name, null), (handle, organization) -> {})
        .id();
  }

  private void makeThree() {
    make("one");
    make("two");
    make("three");
    assertThat(tenancy.verifyAudit()).isInstanceOf(AuditVerdict.Intact.class);
  }

  private void tamper(String... statements) throws SQLException {
    try (Connection connection = TestDatabase.connectAsSuperuser(config);
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER TABLE tollgate.audit_log DISABLE TRIGGER append_only");
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private void assertBroken(long seq, String why) {
    assertThat(tenancy.verifyAudit())
        .isInstanceOfSatisfying(
            AuditVerdict.Broken.class,
            broken -> {
              assertThat(broken.seq()).isEqualTo(seq);
              assertThat(broken.why()).contains(why);
            });
  }
}
