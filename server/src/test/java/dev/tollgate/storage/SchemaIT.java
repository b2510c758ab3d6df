package dev.tollgate.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What the catalogue says of access, for every table and function of ours, known or to come. */
@ParameterizedClass
@MethodSource("databases")
class SchemaIT {

  /** The tables that hold rows of tenants: those that say whose, and that of tenants itself. */
  private static final String TENANT_TABLES =
      """
      SELECT c.* FROM pg_class c
      WHERE c.relnamespace = 'tollgate'::regnamespace AND c.relkind IN ('r', 'p', 'm', 'f')
        AND (c.relname = 'organizations' OR EXISTS (
          SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
            AND a.attname = 'organization_id'))
      """;

  /** Forced and with a policy; a partition may go without one where nobody may touch it. */
  private static final String UNGUARDED =
      "SELECT relname::text FROM ("
          + TENANT_TABLES
          + """
          ) t WHERE NOT (
            relrowsecurity AND relforcerowsecurity
            AND (EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.oid) OR relispartition))
          """;

  private static final String OUR_ROLES =
      "(VALUES ('tollgate_app'), ('tollgate_spend'), ('tollgate_auth'), ('tollgate_admin'))"
          + " r (role)";

  private final StorageConfig config;

  SchemaIT(StorageConfig config) {
    this.config = config;
  }

  static Stream<StorageConfig> databases() {
    return Stream.of(TestDatabase.fresh(), TestDatabase.freshPlainOwner());
  }

  @Test
  void everyTableOfTenantsHasForcedRowLevelSecurity() throws SQLException {
    try (Connection owner = TestDatabase.connect(config)) {
      assertThat(ask(owner, "SELECT relname::text FROM (" + TENANT_TABLES + ") t"))
          .contains("organizations", "users", "api_keys", "audit_log");
      assertThat(ask(owner, UNGUARDED)).isEmpty();
    }
  }

  @Test
  void wouldReportATableThatIsNotGuarded() throws SQLException {
    try (Connection owner = TestDatabase.connect(config)) {
      owner.setAutoCommit(false);
      run(owner, "CREATE TABLE tollgate.enabled_only (organization_id uuid)");
      run(owner, "ALTER TABLE tollgate.enabled_only ENABLE ROW LEVEL SECURITY");
      run(owner, "CREATE POLICY p ON tollgate.enabled_only TO tollgate_app USING (true)");
      run(owner, "CREATE TABLE tollgate.without_policy (organization_id uuid)");
      run(owner, "ALTER TABLE tollgate.without_policy ENABLE ROW LEVEL SECURITY");
      run(owner, "ALTER TABLE tollgate.without_policy FORCE ROW LEVEL SECURITY");
      run(owner, "CREATE TABLE tollgate.parts (organization_id uuid, n int) PARTITION BY LIST (n)");
      run(owner, "CREATE TABLE tollgate.part PARTITION OF tollgate.parts FOR VALUES IN (1)");
      assertThat(ask(owner, UNGUARDED))
          .containsExactlyInAnyOrder("enabled_only", "without_policy", "parts", "part");
      owner.rollback();
    }
  }

  @Test
  void nobodyMayTouchAPartitionDirectly() throws SQLException {
    try (Connection owner = TestDatabase.connect(config)) {
      assertThat(
              ask(
                  owner,
                  "SELECT relname || ' ' || role FROM pg_class c, "
                      + OUR_ROLES
                      + " WHERE c.relnamespace = 'tollgate'::regnamespace AND c.relispartition"
                      + " AND c.relkind IN ('r', 'p') AND has_table_privilege("
                      + "role, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES')"))
          .isEmpty();
    }
  }

  @Test
  void everyPolicyNamesItsRoles() throws SQLException {
    try (Connection owner = TestDatabase.connect(config)) {
      assertThat(
              ask(
                  owner,
                  "SELECT tablename || ' ' || policyname FROM pg_policies"
                      + " WHERE schemaname = 'tollgate' AND 'public' = ANY (roles)"))
          .isEmpty();
    }
  }

  @Test
  void everyFunctionThatRunsAsItsOwnerIsFencedIn() throws SQLException {
    String definers =
        " FROM pg_proc p WHERE p.pronamespace = 'tollgate'::regnamespace AND p.prosecdef";
    try (Connection owner = TestDatabase.connect(config)) {
      assertThat(ask(owner, "SELECT proname::text" + definers))
          .contains("find_key", "audit_append");
      assertThat(
              ask(
                  owner,
                  "SELECT proname::text"
                      + definers
                      + " AND NOT coalesce('search_path=tollgate, pg_temp' = ANY (proconfig),"
                      + " false)"))
          .as("without a search path of their own")
          .isEmpty();
      assertThat(
              ask(
                  owner,
                  "SELECT proname::text"
                      + definers
                      + " AND (proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl)"
                      + " WHERE grantee = 0))"))
          .as("executable by everybody")
          .isEmpty();
    }
  }

  @Test
  void theAuthenticationMayFindAKeyAndNothingElse() throws SQLException {
    try (Connection owner = TestDatabase.connect(config)) {
      assertThat(
              ask(
                  owner,
                  "SELECT proname::text FROM pg_proc WHERE pronamespace = 'tollgate'::regnamespace"
                      + " AND prosecdef AND has_function_privilege('tollgate_auth', oid,"
                      + " 'EXECUTE')"))
          .containsExactly("find_key");
      assertThat(
              ask(
                  owner,
                  "SELECT relname::text FROM pg_class WHERE relnamespace ="
                      + " 'tollgate'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"
                      + " AND (has_table_privilege('tollgate_auth', oid,"
                      + " 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"
                      + " OR has_any_column_privilege('tollgate_auth', oid,"
                      + " 'SELECT, INSERT, UPDATE, REFERENCES'))"))
          .isEmpty();
    }
  }

  @Test
  void noRoleReadsTheHashOfAKey() throws SQLException {
    try (Connection owner = TestDatabase.connect(config)) {
      assertThat(
              ask(
                  owner,
                  "SELECT t || ' ' || role FROM (VALUES ('tollgate.api_keys'),"
                      + " ('tollgate.administrators')) s (t), "
                      + OUR_ROLES
                      + " WHERE has_column_privilege(role, t, 'hash', 'SELECT, UPDATE')"))
          .isEmpty();
    }
  }

  @Test
  void ourRolesMayNotMakeAnything() throws SQLException {
    try (Connection owner = TestDatabase.connect(config)) {
      assertThat(
              ask(
                  owner,
                  "SELECT role FROM "
                      + OUR_ROLES
                      + " WHERE has_schema_privilege(role, 'tollgate', 'CREATE')"))
          .isEmpty();
    }
  }

  @Test
  void theAuditCanBeChangedByNobody() throws SQLException {
    try (Storage storage = Storage.open(config)) {
      for (Role role : Role.values()) {
        for (String change :
            List.of(
                "UPDATE audit_log SET actor = ''", "DELETE FROM audit_log", "TRUNCATE audit_log")) {
          assertThatThrownBy(
                  () -> storage.transact(new Access(role, null), handle -> handle.execute(change)))
              .hasMessageContaining("permission denied");
        }
      }
    }
    try (Connection owner = TestDatabase.connect(config)) {
      for (String change :
          List.of(
              "UPDATE tollgate.audit_log SET actor = ''",
              "DELETE FROM tollgate.audit_log",
              "TRUNCATE tollgate.audit_log")) {
        assertThatThrownBy(() -> run(owner, change)).hasMessageContaining("append-only");
      }
    }
  }

  private static List<String> ask(Connection connection, String question) throws SQLException {
    List<String> answers = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(question)) {
      while (rows.next()) {
        answers.add(rows.getString(1));
      }
    }
    return answers;
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
