package dev.tollgate.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.storage.Access;
import dev.tollgate.storage.Storage;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SecretsIT {

  private static final String TABLE = "oauth_clients";

  private final StorageConfig config = TestDatabase.freshPlainOwner();
  private final MasterKey master = MasterKey.parse(MasterKey.generate());
  private final List<String> done = new ArrayList<>();
  private Storage storage;
  private Secrets secrets;
  private UUID organization;

  @BeforeEach
  void open() {
    storage = Storage.open(config);
    secrets = open(master, null);
    organization = organization();
  }

  @AfterEach
  void close() {
    storage.close();
  }

  private Secrets open(@Nullable MasterKey key, @Nullable MasterKey previous) {
    return Secrets.open(storage, new MasterKeys(key, previous), handle -> done.add("replaced"));
  }

  private UUID organization() {
    UUID id = Ids.next();
    storage.transact(
        Access.admin(),
        handle ->
            handle.execute("INSERT INTO organizations (id, name) VALUES (?, 'of a test')", id));
    return id;
  }

  private SealedRow put(Secrets by, String plain) {
    SealedRow row = new SealedRow(TABLE, organization, Ids.next());
    storage.transact(Access.tenant(organization), handle -> insert(handle, by, row, plain));
    return row;
  }

  private static int insert(Handle handle, Secrets by, SealedRow row, String plain) {
    return handle
        .createUpdate(
            "INSERT INTO oauth_clients (id, organization_id, issuer, source, client_id,"
                + " redirect_uri, method, sealed) VALUES (:id, :organization, :id::text, 'given',"
                + " 'me', '', 'none', :sealed)")
        .bind("id", row.id())
        .bind("organization", row.organization())
        .bind("sealed", by.encrypt(handle, row, plain.getBytes(StandardCharsets.UTF_8)))
        .execute();
  }

  private byte[] sealed(SealedRow row) {
    return storage.transact(
        Access.tenant(row.organization()),
        handle ->
            handle
                .createQuery("SELECT sealed FROM oauth_clients WHERE id = :id")
                .bind("id", row.id())
                .mapTo(byte[].class)
                .one());
  }

  private String read(Secrets by, SealedRow row) {
    return new String(by.decrypt(row, sealed(row)), StandardCharsets.UTF_8);
  }

  @Test
  void readsWhatItWrote() {
    SealedRow row = put(secrets, "a token");
    assertThat(read(secrets, row)).isEqualTo("a token");
    assertThat(new String(sealed(row), StandardCharsets.ISO_8859_1)).doesNotContain("token");
    assertThat(sealed(put(secrets, "a token"))).isNotEqualTo(sealed(row));
  }

  @Test
  void opensForItsOwnRowOnly() {
    SealedRow row = put(secrets, "a token");
    byte[] sealed = sealed(row);
    for (SealedRow other :
        List.of(
            new SealedRow(TABLE, organization, Ids.next()),
            new SealedRow(TABLE, Ids.next(), row.id()),
            new SealedRow("credentials", organization, row.id()))) {
      assertThatThrownBy(() -> secrets.decrypt(other, sealed))
          .isInstanceOfSatisfying(
              Failure.class, failure -> assertThat(failure.code()).isEqualTo(ErrorCode.CONFLICT));
    }
  }

  @Test
  void storesNothingWithoutAMasterKey() {
    Secrets without = open(null, null);
    assertThat(without.available()).isFalse();
    assertThatThrownBy(() -> put(without, "a token"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("secrets new-key");
  }

  @Test
  void doesNotStartWithoutTheMasterKeyOfWhatIsStored() {
    assertThat(open(null, null).available()).as("nothing is stored yet").isFalse();
    put(secrets, "a token");
    assertThatThrownBy(() -> open(null, null))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("secrets.master-key");
  }

  @Test
  void refusesAnotherMasterKeyAtItsStart() {
    assertThatThrownBy(() -> open(MasterKey.parse(MasterKey.generate()), null))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("previous-master-key");
  }

  @Test
  void changesItsMasterKeyWhileANodeStillHasTheOldOne() {
    SealedRow before = put(secrets, "before");
    MasterKey next = MasterKey.parse(MasterKey.generate());
    Secrets renewed = open(next, master);
    assertThat(done).containsExactly("replaced");
    assertThat(read(renewed, before)).isEqualTo("before");
    SealedRow byTheOld = put(secrets, "by a node that has the old one");
    assertThat(read(renewed, byTheOld)).startsWith("by a node");
    open(next, master);
    assertThat(done).hasSize(1);
    assertThatThrownBy(() -> open(master, null)).isInstanceOf(Failure.class);
    assertThatThrownBy(() -> open(master, MasterKey.parse(MasterKey.generate())))
        .hasMessageContaining("neither");
  }

  @Test
  void encryptsEverythingAnewAndDropsTheOldKey() throws SQLException {
    Secrets other = open(master, null);
    List<SealedRow> rows = new ArrayList<>();
    for (int i = 0; i < 450; i++) {
      rows.add(put(secrets, "token " + i));
    }
    byte[] old = sealed(rows.getFirst());
    Rotated rotated = secrets.rotate((handle, action) -> done.add(action));
    assertThat(rotated).isEqualTo(new Rotated(450, 1));
    assertThat(done).containsExactly("secrets.rotate", "secrets.drop-old-keys");
    for (int i = 0; i < rows.size(); i++) {
      assertThat(read(other, rows.get(i))).isEqualTo("token " + i);
    }
    assertThat(keysInUse()).hasSize(1);
    assertThatThrownBy(() -> open(master, null).decrypt(rows.getFirst(), old))
        .isInstanceOf(Failure.class);
  }

  @Test
  void writesUnderTheNewKeyOnNodesThatDidNotRotate() throws SQLException {
    Secrets other = open(master, null);
    put(other, "before");
    secrets.rotate((handle, action) -> {});
    SealedRow after = put(other, "after");
    assertThat(read(secrets, after)).isEqualTo("after");
    assertThat(keysInUse()).hasSize(1);
  }

  @Test
  void goesOnWhereAnEarlierRotationEnded() throws SQLException {
    for (int i = 0; i < 10; i++) {
      put(secrets, "token " + i);
    }
    AtomicBoolean first = new AtomicBoolean(true);
    assertThatThrownBy(() ->
            secrets.rotate((handle, action) -> {
              if (action.equals("secrets.drop-old-keys") && first.getAndSet(false)) {
                throw new IllegalStateException("killed");
              }
            }))
        .hasMessage("killed");
    assertThat(secrets.rotate((handle, action) -> {})).isEqualTo(new Rotated(10, 2));
    assertThat(keysInUse()).hasSize(1);
  }

  private List<String> keysInUse() throws SQLException {
    List<String> keys = new ArrayList<>();
    try (Connection owner = TestDatabase.connectAsSuperuser(config);
        Statement statement = owner.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT DISTINCT encode(substring(sealed FROM 1 FOR 5), 'hex')"
                    + " FROM tollgate.oauth_clients")) {
      while (rows.next()) {
        keys.add(rows.getString(1));
      }
    }
    return keys;
  }
}
