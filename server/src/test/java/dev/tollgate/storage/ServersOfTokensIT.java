package dev.tollgate.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Tokens from before it was kept which server they are for. */
class ServersOfTokensIT {

  private static final String SERVER = "https://a.example/mcp";

  private static final String URL = "00000000-0000-0000-0000-000000000001";
  private static final String COMMAND = "00000000-0000-0000-0000-000000000002";
  private static final String ORGANIZATION = "00000000-0000-0000-0000-000000000003";

  private final StorageConfig database = TestDatabase.empty();

  @Test
  void areForWhereTheirConnectorIsAfterAPlainOwnersUpdate() throws SQLException {
    OlderSchema.migrate(database, "16");
    try (Connection superuser = TestDatabase.connectAsSuperuser(database);
        Statement sql = superuser.createStatement()) {
      sql.execute(
          """
          INSERT INTO tollgate.organizations (id, name) VALUES ('%1$s', 'x');
          INSERT INTO tollgate.connectors (id, organization_id, name, place, auth, stateless)
            VALUES ('%2$s', '%1$s', 'url', '{"url": "%3$s", "sse": false}', 'bearer', true),
              ('%4$s', '%1$s', 'command', '{"command": ["c"], "environment": {}}', 'bearer', true);
          INSERT INTO tollgate.credentials (id, organization_id, connector_id, kind, state, version,
            revision, sealed, issuer, resource, scope)
            VALUES ('%2$s', '%1$s', '%2$s', 'static', 'ready', 1, 1, 'x', NULL, NULL, ''),
              ('%4$s', '%1$s', '%4$s', 'static', 'ready', 1, 1, 'x', NULL, NULL, '');
          """
              .formatted(ORGANIZATION, URL, SERVER, COMMAND));
      Storage.migrate(database);
      assertThat(resource(sql, URL)).isEqualTo(SERVER);
      assertThat(resource(sql, COMMAND)).isNull();
    }
  }

  private static String resource(Statement sql, String id) throws SQLException {
    try (ResultSet row =
        sql.executeQuery(
            "SELECT resource FROM tollgate.credentials WHERE id = '%s'".formatted(id))) {
      row.next();
      return row.getString(1);
    }
  }
}
