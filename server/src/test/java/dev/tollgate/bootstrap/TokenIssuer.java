package dev.tollgate.bootstrap;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tollgate.secrets.MasterKey;
import dev.tollgate.secrets.MasterKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An issuer of tokens on loopback: metadata, keys that can be rotated, and signatures. */
final class TokenIssuer implements AutoCloseable {

  final AtomicInteger keyRequests = new AtomicInteger();
  final Queue<String> seen = new ConcurrentLinkedQueue<>();

  private final HttpServer server;
  private final AtomicInteger count = new AtomicInteger();
  private volatile ECKey key;

  TokenIssuer() throws IOException, JOSEException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    key = newKey();
  }

  private ECKey newKey() throws JOSEException {
    return new ECKeyGenerator(Curve.P_256)
        .keyID("key-" + count.incrementAndGet())
        .algorithm(JWSAlgorithm.ES256)
        .generate();
  }

  void rotate() throws JOSEException {
    key = newKey();
  }

  ECKey key() {
    return key;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** An MCP server of the session era that notes what it is sent. */
  URI mcp() {
    return URI.create(url() + "/upstream");
  }

  private void upstream(HttpExchange exchange) throws IOException {
    seen.add(exchange.getRequestHeaders().entrySet().toString());
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    boolean handshake = body.contains("\"initialize\"");
    byte[] answer =
        (handshake
                ? "{\"jsonrpc\":\"2.0\",\"id\":"
                    + id(body)
                    + ",\"result\":{\"protocolVersion\":"
                    + "\"2025-11-25\",\"capabilities\":{\"tools\":{}},\"serverInfo\":"
                    + "{\"name\":\"docs\",\"version\":\"1\"}}}"
                : "")
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("content-type", "application/json");
    if (handshake) {
      exchange.getResponseHeaders().add("mcp-session-id", "s");
    }
    int status = handshake ? 200 : body.contains("notifications/") ? 202 : 400;
    exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private static String id(String body) {
    Matcher id = Pattern.compile("\"id\":\\s*(\"[^\"]*\"|\\d+)").matcher(body);
    return id.find() ? id.group(1) : "null";
  }

  private void answer(HttpExchange exchange) throws IOException {
    if (exchange.getRequestURI().getPath().equals("/upstream")) {
      upstream(exchange);
      return;
    }
    String body =
        switch (exchange.getRequestURI().getPath()) {
          case "/.well-known/openid-configuration" ->
              "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\",\"token_endpoint\":\"%s/token\"}"
                  .formatted(url(), url(), url());
          case "/keys" -> {
            keyRequests.incrementAndGet();
            yield new JWKSet(key.toPublicJWK()).toString();
          }
          default -> "";
        };
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(body.isEmpty() ? 404 : 200, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  JWTClaimsSet.Builder claims(String organization, String audience) {
    return new JWTClaimsSet.Builder()
        .issuer(url())
        .subject("ada")
        .audience(audience)
        .claim("organization", organization)
        .expirationTime(Date.from(Instant.now().plusSeconds(300)));
  }

  String sign(JWTClaimsSet claims) {
    return sign(claims, JWSAlgorithm.ES256, key);
  }

  static String sign(JWTClaimsSet claims, JWSAlgorithm algorithm, ECKey by) {
    try {
      return sign(claims, algorithm, by.getKeyID(), new ECDSASigner(by));
    } catch (JOSEException unsupported) {
      throw new AssertionError(unsupported);
    }
  }

  static String sign(JWTClaimsSet claims, JWSAlgorithm algorithm, String keyId, JWSSigner signer)
      throws JOSEException {
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(algorithm)
                .keyID(keyId)
                .type(new JOSEObjectType("at+jwt"))
                .build(),
            claims);
    token.sign(signer);
    return token.serialize();
  }

  /** What a node is configured with that believes {@code issuer}. */
  static TrustConfig trust(String issuer, @Nullable String userClaim) {
    return new TrustConfig(
        new MasterKeys(MasterKey.parse(MasterKey.generate()), null),
        URI.create("https://gateway.test"),
        new McpSection.OAuth(
            issuer, null, null, List.of("ES256"), "organization", userClaim, List.of("mcp")));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
