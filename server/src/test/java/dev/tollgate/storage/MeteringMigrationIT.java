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
import org.junit.jupiter.api.Test;

/** A ledger from before tools were metered, after the update. */
class MeteringMigrationIT {

  private static final String COUNT =
      """
      INSERT INTO tollgate.ledger (held_at, call_id, attempt, kind, organization_id, connector, tool,
        calls, held_nanos, cost_nanos, status, budgets, windows)
      VALUES (now() + interval '%s', gen_random_uuid(), 1, 'count', '%s', 'docs', 'search', 7, 0, %d,
        'cached', '{}', '{}')
      """;

  private static final String ONE = "00000000-0000-0000-0000-000000000001";
  private static final String OTHER = "00000000-0000-0000-0000-000000000002";

  private final StorageConfig database = TestDatabase.empty();

  @Test
  void hasAllItsCallsInTheSumsOfTools() throws SQLException {
    OlderSchema.migrate(database, "8");
    try (Connection superuser = TestDatabase.connectAsSuperuser(database);
        Statement sql = superuser.createStatement()) {
      sql.execute("SELECT tollgate.ledger_partition((now() - interval '1 hour')::date)");
      sql.execute("SELECT tollgate.ledger_partition(current_date)");
      charge(sql, ONE, 3);
      charge(sql, OTHER, 2);
      sql.execute("SELECT tollgate.usage_roll(100)");
      charge(sql, ONE, 4);
      Storage.migrate(database);
      assertThat(tools(sql, "NULL")).containsExactly("''/'': 9 calls, 0 cached, 45 nanos");
      assertThat(tools(sql, "'" + OTHER + "'"))
          .containsExactly("''/'': 2 calls, 0 cached, 10 nanos");

      sql.execute("SELECT tollgate.ledger_partition((current_date + interval '1 month')::date)");
      sql.execute(COUNT.formatted("0", ONE, 0));
      sql.execute(COUNT.formatted("1 month", ONE, 0));
      assertThatThrownBy(() -> sql.execute(COUNT.formatted("0", ONE, 1)))
          .hasMessageContaining("ledger_count_check");
      sql.execute("SELECT tollgate.usage_roll(100)");
      assertThat(tools(sql, "'" + ONE + "'"))
          .containsExactly(
              "''/'': 7 calls, 0 cached, 35 nanos",
              "'search'/'docs': 14 calls, 14 cached, 0 nanos");
    }
  }

  private static void charge(Statement sql, String organization, int calls) throws SQLException {
    for (int call = 0; call < calls; call++) {
      sql.execute(
          """
          INSERT INTO tollgate.ledger (held_at, call_id, attempt, kind, organization_id, model_served,
            provider, held_nanos, cost_nanos, status, budgets, windows)
          VALUES (now() - interval '1 hour', gen_random_uuid(), 1, 'charge', '%s', 'm', 'p', 9, 5,
            'ok', ARRAY[gen_random_uuid()], ARRAY[1::bigint])
          """
              .formatted(organization));
    }
  }

  private static List<String> tools(Statement sql, String organization) throws SQLException {
    List<String> groups = new ArrayList<>();
    try (ResultSet rows =
        sql.executeQuery(
            "SELECT * FROM tollgate.usage_report("
                + organization
                + ", NULL, NULL, 'tool', 'value', NULL, NULL, 100)")) {
      while (rows.next()) {
        groups.add(
            "'%s'/'%s': %d calls, %d cached, %s nanos"
                .formatted(
                    rows.getString("value"),
                    rows.getString("provider"),
                    rows.getLong("entries"),
                    rows.getLong("cached"),
                    rows.getBigDecimal("cost_nanos").toPlainString()));
      }
    }
    return groups;
  }
}
