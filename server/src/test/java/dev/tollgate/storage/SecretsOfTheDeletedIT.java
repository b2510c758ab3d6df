package dev.tollgate.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What organizations left that were deleted before their secrets went with them. */
class SecretsOfTheDeletedIT {

  private static final String ORGANIZATION =
      "INSERT INTO tollgate.organizations (id, name, deleted_at) VALUES ('%s', 'x', %s)";
  private static final List<String> SECRETS =
      List.of(
          """
          INSERT INTO tollgate.provider_keys (id, organization_id, provider, sealed, fingerprint)
          VALUES (gen_random_uuid(), '%s', 'p', 'x', '0123456789ab')
          """,
          """
          INSERT INTO tollgate.credentials (id, organization_id, connector_id, kind, state, version,
            revision, sealed, scope)
          VALUES (gen_random_uuid(), '%s', gen_random_uuid(), 'static', 'ready', 1, 1, 'x', '')
          """,
          """
          INSERT INTO tollgate.oauth_clients (id, organization_id, issuer, source, client_id,
            redirect_uri, method, sealed)
          VALUES (gen_random_uuid(), '%s', 'https://a.example', 'given', 'c', '', 'none', 'x')
          """,
          """
          INSERT INTO tollgate.oauth_flows (id, organization_id, connector_id, state_hash, sealed,
            expires_at)
          VALUES (gen_random_uuid(), '%1$s', gen_random_uuid(), sha256('%1$s'), 'x', now())
          """);

  private static final String GONE = "00000000-0000-0000-0000-000000000001";
  private static final String THERE = "00000000-0000-0000-0000-000000000002";

  private final StorageConfig database = TestDatabase.empty();

  @Test
  void areDestroyedByAPlainOwnersUpdate() throws SQLException {
    OlderSchema.migrate(database, "13");
    try (Connection superuser = TestDatabase.connectAsSuperuser(database);
        Statement sql = superuser.createStatement()) {
      sql.execute(ORGANIZATION.formatted(GONE, "now()"));
      sql.execute(ORGANIZATION.formatted(THERE, "NULL"));
      for (String secret : SECRETS) {
        sql.execute(secret.formatted(GONE));
        sql.execute(secret.formatted(THERE));
      }
      Storage.migrate(database);
      assertThat(sealed(sql, GONE)).containsExactly(0, 0, 0, 0);
      assertThat(sealed(sql, THERE)).containsExactly(1, 1, 1, 1);
    }
  }

  private static List<Integer> sealed(Statement sql, String organization) throws SQLException {
    List<Integer> counts = new ArrayList<>();
    for (String table : List.of("provider_keys", "credentials", "oauth_clients", "oauth_flows")) {
      try (ResultSet row =
          sql.executeQuery(
              "SELECT count(sealed) FROM tollgate.%s WHERE organization_id = '%s'"
                  .formatted(table, organization))) {
        row.next();
        counts.add(row.getInt(1));
      }
    }
    return counts;
  }
}
