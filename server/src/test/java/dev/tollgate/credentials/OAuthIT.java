package dev.tollgate.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Ids;
import dev.tollgate.kernel.Secret;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Discovery, registration and authorization, against a server over HTTP. */
class OAuthIT {

  private final UUID connector = Ids.next();
  private AuthorizationServerFake server;
  private TestNodes nodes;

  @BeforeEach
  void open() throws IOException {
    server = new AuthorizationServerFake();
    nodes = new TestNodes("http://127.0.0.1:8080");
  }

  @AfterEach
  void close() {
    nodes.close();
    server.close();
  }

  private Place place() {
    return new Place(connector, null);
  }

  private URI begin() {
    return nodes.first.begin(nodes.organization, TestNodes.ADMIN, place(), server.mcp(), "");
  }

  private String granted(Credentials node) {
    Authorization authorization = node.current(nodes.organization, connector);
    assertThat(authorization).isInstanceOf(Authorization.Granted.class);
    return ((Authorization.Granted) authorization).value().reveal();
  }

  @Test
  void connectsByARegisteredClientWithPkceStateAndResource() {
    URI url = begin();
    Map<String, String> asked = AuthorizationServerFake.form(url.getRawQuery());
    assertThat(asked)
        .containsEntry("response_type", "code")
        .containsEntry("redirect_uri", "http://127.0.0.1:8080/oauth/callback")
        .containsEntry("code_challenge_method", "S256")
        .containsEntry("resource", server.mcp().toString())
        .containsEntry("scope", "tools:read offline_access");
    assertThat(asked.get("state")).hasSizeGreaterThan(40);
    Connected connected = nodes.second.complete(TestNodes.browse(url));
    assertThat(connected.place()).isEqualTo(place());
    assertThat(connected.organization()).isEqualTo(nodes.organization.organizationId());
    assertThat(granted(nodes.first)).startsWith("Bearer access-");
    assertThat(granted(nodes.second)).isEqualTo(granted(nodes.first));
    assertThat(server.registrations)
        .singleElement()
        .asString()
        .contains("\"application_type\":\"native\"", "refresh_token");
    assertThat(server.tokenRequests.getFirst())
        .containsEntry("resource", server.mcp().toString())
        .extractingByKey("authorization")
        .asString()
        .startsWith("Basic ");
  }

  @Test
  void registersOnceForAnIssuer() {
    nodes.first.complete(TestNodes.browse(begin()));
    nodes.second.complete(TestNodes.browse(begin()));
    assertThat(server.registrations).hasSize(1);
  }

  @Test
  void prefersAClientThatWasGiven() {
    nodes.first.putClient(
        nodes.organization,
        TestNodes.ADMIN,
        new ClientDraft(server.issuer(), "given-client", new Secret("given-secret")));
    assertThat(begin().toString()).contains("client_id=given-client");
    assertThat(server.registrations).isEmpty();
  }

  @Test
  void isADocumentToServersThatReadThem() {
    server.metadataChanges.put("client_id_metadata_document_supported", true);
    try (TestNodes overTls = new TestNodes("https://gateway.test")) {
      URI url =
          overTls.first.begin(overTls.organization, TestNodes.ADMIN, place(), server.mcp(), "");
      assertThat(AuthorizationServerFake.form(url.getRawQuery()))
          .containsEntry("client_id", "https://gateway.test/oauth/client-metadata.json");
      assertThat(overTls.first.clientDocument())
          .contains("\"client_id\":\"https:", "oauth", "\"token_endpoint_auth_method\":\"none\"");
    }
    assertThat(server.registrations).isEmpty();
    assertThatThrownBy(nodes.first::clientDocument).isInstanceOf(Failure.class);
  }

  @Test
  void usesAStateOnce() {
    Map<String, List<String>> back = TestNodes.browse(begin());
    nodes.first.complete(back);
    assertRefused(ErrorCode.INVALID_REQUEST, back);
    assertRefused(
        ErrorCode.INVALID_REQUEST, Map.of("state", List.of("made-up"), "code", List.of("x")));
    assertRefused(ErrorCode.INVALID_REQUEST, Map.of());
  }

  @Test
  void refusesAResponseFromAnotherIssuerBeforeItSendsTheCode() {
    server.issuerInResponse = "https://attacker.test";
    assertRefused(ErrorCode.UPSTREAM_INVALID, TestNodes.browse(begin()));
    server.issuerInResponse = server.issuer() + "/";
    assertRefused(ErrorCode.UPSTREAM_INVALID, TestNodes.browse(begin()));
    Map<String, List<String>> without = new HashMap<>(TestNodes.browse(begin()));
    without.remove("iss");
    assertRefused(ErrorCode.UPSTREAM_INVALID, without);
    assertThat(server.tokenRequests).isEmpty();
  }

  @Test
  void acceptsNoIssuerFromAServerThatNeverSendsOne() {
    server.sendsIssuer = false;
    nodes.first.complete(TestNodes.browse(begin()));
    assertThat(granted(nodes.first)).startsWith("Bearer ");
  }

  @Test
  void sendsACodeOnlyToTheServerThatWasAsked() throws IOException {
    try (AuthorizationServerFake attacker = new AuthorizationServerFake()) {
      URI mixed =
          nodes.first.begin(nodes.organization, TestNodes.ADMIN, place(), attacker.mcp(), "");
      List<String> honest = TestNodes.browse(begin()).getOrDefault("code", List.of());
      Map<String, List<String>> back = new HashMap<>(TestNodes.browse(mixed));
      back.put("code", honest);
      back.put("iss", List.of(server.issuer()));
      assertRefused(ErrorCode.UPSTREAM_INVALID, back);
      assertThat(attacker.tokenRequests).isEmpty();
    }
  }

  @Test
  void showsAnErrorOfTheServer() {
    Map<String, List<String>> back = new HashMap<>(TestNodes.browse(begin()));
    back.remove("code");
    back.put("error", List.of("access_denied"));
    assertThatThrownBy(() -> nodes.first.complete(back))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("access_denied");
  }

  @Test
  void refusesMetadataOfAnotherIssuer() {
    server.metadataChanges.put("issuer", server.url() + "/other");
    assertThatThrownBy(this::begin).hasMessageContaining("another issuer");
  }

  @Test
  void refusesMetadataOfAnotherResource() {
    server.resourceChanges.put("resource", "http://127.0.0.1:1/mcp");
    assertThatThrownBy(this::begin).hasMessageContaining("another resource");
    server.resourceChanges.put("resource", server.url() + "/mc");
    assertThatThrownBy(this::begin).hasMessageContaining("another resource");
  }

  @Test
  void refusesAServerThatDoesNotCheckPkce() {
    server.metadataChanges.put("code_challenge_methods_supported", List.of("plain"));
    assertThatThrownBy(this::begin).hasMessageContaining("S256");
  }

  @Test
  void refusesDocumentsThatLeadInside() {
    server.resourceChanges.put("authorization_servers", List.of("http://169.254.169.254"));
    assertThatThrownBy(this::begin).hasMessageContaining("open internet");
    server.resourceChanges.remove("authorization_servers");
    server.metadataChanges.put("authorization_endpoint", "javascript:alert(1)");
    assertThatThrownBy(this::begin).isInstanceOf(Failure.class);
    server.metadataChanges.put("authorization_endpoint", server.url() + "/authorize");
    server.metadataChanges.put("registration_endpoint", "https://10.0.0.1/register");
    assertThatThrownBy(this::begin).hasMessageContaining("open internet");
  }

  @Test
  void saysWhatToRegisterWhereNothingElseIsLeft() {
    server.metadataChanges.put("registration_endpoint", server.url() + "/nothing");
    assertThatThrownBy(this::begin).isInstanceOf(Failure.class);
    assertThatThrownBy(() ->
            nodes.first.connectItself(
                nodes.organization, TestNodes.ADMIN, place(), server.mcp(), ""))
        .hasMessageContaining("clientSecret");
  }

  @Test
  void connectsByItselfAndWidensItsScope() {
    nodes.first.putClient(
        nodes.organization,
        TestNodes.ADMIN,
        new ClientDraft(server.issuer(), "machine", new Secret("machine-secret")));
    nodes.first.connectItself(nodes.organization, TestNodes.ADMIN, place(), server.mcp(), "");
    Authorization.Granted used =
        (Authorization.Granted) nodes.first.current(nodes.organization, connector);
    Authorization wider =
        nodes.first.stepUp(
            nodes.organization,
            connector,
            used,
            "Bearer error=\"insufficient_scope\", scope=\"tools:write\"");
    assertThat(wider)
        .isInstanceOfSatisfying(
            Authorization.Granted.class,
            granted -> assertThat(granted.version()).isGreaterThan(used.version()));
    assertThat(server.tokenRequests.getLast()).containsEntry("scope", "tools:read tools:write");
  }

  @Test
  void asksForWhatACallNeededAtTheNextConnect() {
    nodes.first.complete(TestNodes.browse(begin()));
    Authorization.Granted used =
        (Authorization.Granted) nodes.first.current(nodes.organization, connector);
    assertThat(
            nodes.first.stepUp(nodes.organization, connector, used, "Bearer scope=\"tools:write\""))
        .isInstanceOf(Authorization.NeedsReauthorization.class);
    assertThat(nodes.first.list(nodes.organization, connector).getFirst().wantedScope())
        .contains("tools:write");
    assertThat(AuthorizationServerFake.form(begin().getRawQuery()).get("scope"))
        .contains("tools:write", "tools:read");
    assertThat(granted(nodes.first)).startsWith("Bearer ");
  }

  private void assertRefused(ErrorCode code, Map<String, List<String>> query) {
    assertThatThrownBy(() -> nodes.first.complete(query))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(code));
  }
}
