package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.secrets.MasterKey;
import dev.tollgate.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Whoever is deleted leaves no secret of theirs. */
@TestInstance(Lifecycle.PER_CLASS)
class DeletedOrganizationIT {

  private final TestGateway gateway =
      TestGateway.start(wishes -> wishes.masterKey(MasterKey.parse(MasterKey.generate())));

  @AfterAll
  void close() {
    gateway.close();
  }

  @Test
  void takesItsCredentialsAndClientsWithIt() throws SQLException {
    UUID leaving = withSecrets();
    UUID staying = withSecrets();
    assertThat(secrets(leaving)).isEqualTo(2);
    gateway.admin("DELETE", "/admin/v1/organizations/" + leaving, "", 204);
    assertThat(secrets(leaving)).isZero();
    assertThat(secrets(staying)).isEqualTo(2);
  }

  private UUID withSecrets() {
    UUID id = gateway.tenant(100L).id();
    String one = "/admin/v1/organizations/" + id;
    gateway.admin(
        "POST",
        one + "/connectors",
        "{\"name\":\"docs\",\"url\":\"http://127.0.0.1:9/mcp\",\"auth\":{\"type\":\"bearer\",\"token\":\"t-1\"}}",
        201);
    gateway.admin(
        "PUT",
        one + "/oauth-clients",
        "{\"issuer\":\"https://a.example\",\"clientId\":\"c\",\"clientSecret\":\"s\"}",
        204);
    return id;
  }

  private long secrets(UUID organization) throws SQLException {
    try (Connection superuser = TestDatabase.connectAsSuperuser(gateway.database());
        Statement sql = superuser.createStatement();
        ResultSet row =
            sql.executeQuery(
                """
                SELECT (SELECT count(*) FROM tollgate.credentials WHERE organization_id = '%1$s')
                  + (SELECT count(*) FROM tollgate.oauth_clients WHERE organization_id = '%1$s')
                """
                    .formatted(organization))) {
      row.next();
      return row.getLong(1);
    }
  }
}
