package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.tollgate.connectors.ConfiguredConnectors;
import dev.tollgate.upstreams.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The gateway as a protected resource, with a real issuer. */
@TestInstance(Lifecycle.PER_CLASS)
class TokenFrontIT {

  private static final String AUDIENCE = "https://gateway.test/mcp";
  private static final String HANDSHAKE =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":"
          + "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
          + "\"clientInfo\":{\"name\":\"x\",\"version\":\"1\"}}}";

  private TokenIssuer issuer;
  private TestGateway gateway;
  private String organization;

  @BeforeAll
  void open() throws IOException, JOSEException {
    issuer = new TokenIssuer();
    gateway =
        TestGateway.start(wishes ->
            wishes
                .trust(TokenIssuer.trust(issuer.url(), "sub"))
                .servers(
                    new ConfiguredConnectors.Server(
                        "docs", new Endpoint.Http(issuer.mcp()), Map.of(), false)));
    organization = gateway.tenant(10_000L).id().toString();
    user(organization, "ada");
    user(organization, "bob");
  }

  private void user(String of, String externalId) {
    gateway.admin(
        "POST",
        "/admin/v1/organizations/" + of + "/users",
        "{\"name\":\"x\",\"externalId\":\"" + externalId + "\"}",
        201);
  }

  @AfterAll
  void close() {
    gateway.close();
    issuer.close();
  }

  private HttpResponse<String> call(String path, @Nullable String token, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(gateway.url() + path))
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .POST(HttpRequest.BodyPublishers.ofString(HANDSHAKE));
    if (token != null) {
      request.header("authorization", "Bearer " + token);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return gateway.send(request.build());
  }

  private JWTClaimsSet.Builder good() {
    return issuer.claims(organization, AUDIENCE);
  }

  @Test
  void tellsWhoHasNoTokenWhereToGetOne() {
    HttpResponse<String> answer = call("/mcp", null);
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("www-authenticate"))
        .hasValue(
            "Bearer resource_metadata="
                + "\"https://gateway.test/.well-known/oauth-protected-resource/mcp\","
                + " scope=\"mcp\"");
    assertThat(call("/mcp/docs", "tg_live_nobody").headers().firstValue("www-authenticate"))
        .hasValueSatisfying(challenge ->
            assertThat(challenge)
                .startsWith("Bearer error=\"invalid_token\"")
                .contains("/.well-known/oauth-protected-resource/mcp/docs\""));
  }

  @Test
  void describesEachResource() {
    assertThat(metadata(""))
        .contains("\"resource\":\"https://gateway.test/mcp\"", issuer.url(), "header");
    assertThat(metadata("/mcp")).isEqualTo(metadata(""));
    assertThat(metadata("/mcp/docs")).contains("\"https://gateway.test/mcp/docs\"");
  }

  private String metadata(String path) {
    HttpResponse<String> answer =
        gateway.send(
            HttpRequest.newBuilder(
                    URI.create(gateway.url() + "/.well-known/oauth-protected-resource" + path))
                .build());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  @Test
  void takesTokensOfTheIssuerAndKeysBesideThem() {
    assertThat(call("/mcp", issuer.sign(good().build())).statusCode()).isEqualTo(200);
    assertThat(call("/mcp", gateway.tenant(100L).key()).statusCode()).isEqualTo(200);
  }

  @Test
  void takesNoTokenOutsideOfMcp() {
    HttpResponse<String> answer =
        gateway.send(
            HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/models"))
                .header("authorization", "Bearer " + issuer.sign(good().build()))
                .build());
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("www-authenticate")).isEmpty();
  }

  @Test
  void refusesEveryTokenThatIsNotQuiteRight() throws JOSEException {
    Map<String, String> bad = new LinkedHashMap<>();
    bad.put("another audience", issuer.sign(good().audience("https://other.test").build()));
    bad.put(
        "the audience of one connector",
        issuer.sign(good().audience("https://gateway.test/mcp/docs").build()));
    bad.put("no audience", issuer.sign(good().audience((String) null).build()));
    bad.put("another issuer", issuer.sign(good().issuer("https://other.test").build()));
    bad.put("no issuer", issuer.sign(good().issuer(null).build()));
    bad.put(
        "over",
        issuer.sign(good().expirationTime(Date.from(Instant.now().minusSeconds(60))).build()));
    bad.put("without an end", issuer.sign(good().expirationTime(null).build()));
    bad.put(
        "not yet",
        issuer.sign(good().notBeforeTime(Date.from(Instant.now().plusSeconds(300))).build()));
    bad.put("without an organization", issuer.sign(good().claim("organization", null).build()));
    bad.put("without a user", issuer.sign(good().subject(null).build()));
    bad.put(
        "by somebody else's key",
        TokenIssuer.sign(
            good().build(),
            JWSAlgorithm.ES256,
            new ECKeyGenerator(Curve.P_256).keyID(issuer.key().getKeyID()).generate()));
    bad.put(
        "by the public key as a secret",
        TokenIssuer.sign(
            good().build(),
            JWSAlgorithm.HS256,
            issuer.key().getKeyID(),
            new MACSigner(issuer.key().toPublicJWK().toJSONString())));
    bad.put("unsigned", new PlainJWT(good().build()).serialize());
    bad.put("cut off", issuer.sign(good().build()).replaceFirst("....$", ""));
    bad.put("nonsense", "eyJ.eyJ.x");
    bad.forEach((what, token) -> {
      HttpResponse<String> answer = call("/mcp", token);
      assertThat(answer.statusCode()).as(what).isEqualTo(401);
      assertThat(answer.headers().firstValue("www-authenticate").orElse(""))
          .as(what)
          .contains("invalid_token");
    });
  }

  @Test
  void takesATokenForOneConnectorThereAlone() {
    String token = issuer.sign(good().audience("https://gateway.test/mcp/docs").build());
    assertThat(call("/mcp/docs", token).statusCode()).isNotEqualTo(401);
    assertThat(call("/mcp", token).statusCode()).isEqualTo(401);
    assertThat(call("/mcp/other", token).statusCode()).isEqualTo(401);
  }

  @Test
  void refusesWhomItDoesNotKnow() {
    for (JWTClaimsSet stranger :
        new JWTClaimsSet[] {
          issuer.claims("no-such-organization", AUDIENCE).build(), good().subject("eve").build()
        }) {
      assertThat(call("/mcp", issuer.sign(stranger)).statusCode()).isEqualTo(403);
    }
  }

  @Test
  void keepsUsersOfOneOrganizationApartAndPassesNoTokenOn() {
    String ada = issuer.sign(good().build());
    String session = call("/mcp/docs", ada).headers().firstValue("mcp-session-id").orElseThrow();
    String bob = issuer.sign(good().subject("bob").build());
    assertThat(ended(bob, session)).isEqualTo(404);
    assertThat(ended(ada, session)).isLessThan(300);
    assertThat(issuer.seen)
        .isNotEmpty()
        .noneMatch(headers -> headers.contains(ada) || headers.contains("Bearer"));
  }

  private int ended(String token, String session) {
    return gateway
        .send(
            HttpRequest.newBuilder(URI.create(gateway.url() + "/mcp/docs"))
                .headers("authorization", "Bearer " + token, "mcp-session-id", session)
                .DELETE()
                .build())
        .statusCode();
  }

  @Test
  void refusesAnOrganizationThatIsGoneWithinSeconds() {
    String gone = gateway.tenant(10L).id().toString();
    user(gone, "ada");
    String token = issuer.sign(issuer.claims(gone, AUDIENCE).build());
    assertThat(ended(token, "none")).isEqualTo(404);
    gateway.admin("DELETE", "/admin/v1/organizations/" + gone, "", 204);
    long end = System.nanoTime() + 20_000_000_000L;
    int status;
    do {
      status = ended(token, "none");
    } while (status == 404 && System.nanoTime() - end < 0);
    assertThat(status).isEqualTo(403);
  }

  @Test
  void followsTheIssuersNewKeysAndAsksForThemWithinBounds() throws JOSEException {
    assertThat(call("/mcp", issuer.sign(good().build())).statusCode()).isEqualTo(200);
    int before = issuer.keyRequests.get();
    issuer.rotate();
    assertThat(call("/mcp", issuer.sign(good().build())).statusCode()).isEqualTo(200);
    for (int i = 0; i < 20; i++) {
      String unknown =
          TokenIssuer.sign(
              good().build(),
              JWSAlgorithm.ES256,
              new ECKeyGenerator(Curve.P_256).keyID("unknown-" + i).generate());
      assertThat(call("/mcp", unknown).statusCode()).isIn(401, 503);
    }
    assertThat(issuer.keyRequests.get() - before).isBetween(1, 4);
  }
}
