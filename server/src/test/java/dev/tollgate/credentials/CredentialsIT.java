package dev.tollgate.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.egress.Egress;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.kernel.Secret;
import dev.tollgate.secrets.MasterKeys;
import dev.tollgate.secrets.Secrets;
import dev.tollgate.storage.Storage;
import dev.tollgate.tenancy.OrgScope;
import dev.tollgate.tenancy.Tenancy;
import dev.tollgate.testing.TestDatabase;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens by hand: whose they are, and that nobody else sees them. */
class CredentialsIT {

  private static final URI SERVER = URI.create("https://mcp.test");

  private final TestNodes nodes = new TestNodes("https://gateway.test");
  private final UUID connector = Ids.next();

  @AfterEach
  void close() {
    nodes.close();
  }

  private void put(Place place, String token) {
    nodes.first.putToken(
        nodes.organization, TestNodes.ADMIN, place, SERVER, StaticToken.bearer(new Secret(token)));
  }

  private Authorization of(OrgScope scope) {
    return nodes.first.current(scope, connector);
  }

  private static String value(Authorization authorization) {
    return ((Authorization.Granted) authorization).value().reveal();
  }

  @Test
  void aUsersOwnGoesBeforeTheOrganizations() {
    assertThat(of(nodes.ofUser)).isInstanceOf(Authorization.Missing.class);
    put(new Place(connector, null), "of-all");
    assertThat(value(of(nodes.ofUser))).isEqualTo("Bearer of-all");
    put(new Place(connector, nodes.user), "of-ada");
    assertThat(value(of(nodes.ofUser))).isEqualTo("Bearer of-ada");
    assertThat(value(of(nodes.organization))).isEqualTo("Bearer of-all");
    nodes.first.delete(nodes.organization, TestNodes.ADMIN, new Place(connector, nodes.user));
    assertThat(value(of(nodes.ofUser))).isEqualTo("Bearer of-all");
    assertThatThrownBy(() ->
            nodes.first.delete(
                nodes.organization, TestNodes.ADMIN, new Place(connector, nodes.user)))
        .isInstanceOf(Failure.class);
  }

  @Test
  void anotherTokenIsAnotherVersionOfTheSameIdentity() {
    put(new Place(connector, null), "one");
    Authorization.Granted one = (Authorization.Granted) of(nodes.organization);
    put(new Place(connector, null), "two");
    Authorization.Granted two = (Authorization.Granted) of(nodes.organization);
    assertThat(two.credential()).isEqualTo(one.credential());
    assertThat(two.version()).isEqualTo(one.version() + 1);
    assertThat(one.toString() + two).doesNotContain("one").doesNotContain("two");
  }

  @Test
  void anotherNodeHearsOfAChangeWithinFiveSeconds() {
    put(new Place(connector, null), "one");
    assertThat(value(nodes.second.current(nodes.organization, connector))).endsWith("one");
    put(new Place(connector, null), "two");
    nodes.clock.advance(Duration.ofSeconds(6));
    assertThat(nodes.second.cached(nodes.organization, connector)).isNull();
    assertThat(value(nodes.second.current(nodes.organization, connector))).endsWith("two");
  }

  @Test
  void anotherOrganizationFindsNothing() {
    put(new Place(connector, null), "of-acme");
    try (Storage storage = Storage.open(nodes.database)) {
      OrgScope other = TestNodes.scope(Tenancy.open(storage, null, Clock.system()), "Other");
      assertThat(of(other)).isInstanceOf(Authorization.Missing.class);
      assertThat(nodes.first.list(other, connector)).isEmpty();
    }
  }

  @Test
  void keepsNothingInTheClearAndTellsTheAuditNoSecret() throws SQLException {
    put(new Place(connector, null), "planted-token");
    nodes.first.putClient(
        nodes.organization,
        TestNodes.ADMIN,
        new ClientDraft("https://issuer.test", "client", new Secret("planted-secret")));
    try (Connection owner = TestDatabase.connectAsSuperuser(nodes.database);
        Statement statement = owner.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT (SELECT string_agg(c::text || encode(c.sealed, 'escape'), '')"
                    + " FROM tollgate.credentials c) || (SELECT string_agg(o::text ||"
                    + " encode(o.sealed, 'escape'), '') FROM tollgate.oauth_clients o) ||"
                    + " (SELECT string_agg(a::text, '') FROM tollgate.audit_log a)")) {
      row.next();
      assertThat(row.getString(1))
          .contains("credential.put", "oauth-client.put")
          .doesNotContain("planted");
    }
    assertThat(nodes.first.list(nodes.organization, connector).toString())
        .doesNotContain("planted");
  }

  @Test
  void storesNothingWithoutAMasterKeyAndSaysWhatToDo() {
    try (Storage storage = Storage.open(nodes.database);
        Egress egress = Egress.open(List.of())) {
      Credentials without =
          Credentials.open(
              storage,
              Secrets.open(storage, MasterKeys.NONE, handle -> {}),
              egress,
              null,
              nodes.meters,
              nodes.clock,
              null);
      assertThatThrownBy(() ->
              without.putToken(
                  nodes.organization,
                  TestNodes.ADMIN,
                  new Place(connector, null),
                  SERVER,
                  StaticToken.bearer(new Secret("token"))))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("secrets.master-key");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "Content-Length", "mcp-session-id", "a b", "x:y", "", "cookie"})
  void refusesHeadersThatFrameAMessage(String header) {
    assertThatThrownBy(() -> new StaticToken(header, new Secret("v")))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.field()).isEqualTo("header"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\r\nb: c", "ü", "a\u0000"})
  void refusesTokensThatWouldBreakAHeader(String token) {
    assertThatThrownBy(() -> new StaticToken("x-api-key", new Secret(token)))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.field()).isEqualTo("token"));
  }

  @Test
  void readsWhatChallengesSay() {
    assertThat(
            Challenge.parse(
                "Basic realm=\"x\", Bearer error=\"insufficient_scope\", scope=\"a b\","
                    + " resource_metadata=\"https://h/.well-known/x\", error_description=\"say"
                    + " \\\"please\\\"\""))
        .isEqualTo(new Challenge("https://h/.well-known/x", "a b", "insufficient_scope"));
    assertThat(Challenge.parse("Basic realm=\"x\"")).isEqualTo(Challenge.NONE);
    assertThat(Challenge.parse(null)).isEqualTo(Challenge.NONE);
    assertThat(Challenge.parse("bearer scope=one").scope()).isEqualTo("one");
  }
}
