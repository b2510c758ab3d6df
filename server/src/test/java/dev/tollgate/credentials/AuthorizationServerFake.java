package dev.tollgate.credentials;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * An authorization server and an MCP server that trusts it, over real HTTP. It checks what OAuth
 * 2.1 makes it check, rotates refresh tokens, and takes a whole grant back when one is used twice.
 */
final class AuthorizationServerFake implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.shared();

  /** What each request to the token endpoint said. */
  final List<Map<String, String>> tokenRequests = new CopyOnWriteArrayList<>();

  final List<String> registrations = new CopyOnWriteArrayList<>();
  final AtomicInteger answersToLose = new AtomicInteger();
  final AtomicInteger failures = new AtomicInteger();
  final Map<String, Object> metadataChanges = new ConcurrentHashMap<>();
  final Map<String, Object> resourceChanges = new ConcurrentHashMap<>();
  final Set<String> absent = ConcurrentHashMap.newKeySet();
  volatile String challengeScope = "tools:read";
  volatile boolean sendsIssuer = true;
  volatile boolean forgivesReuse;
  volatile boolean givesRefreshTokens = true;
  volatile @Nullable String issuerInResponse;
  volatile long pauseMillis;

  private final HttpServer server;
  private final AtomicInteger count = new AtomicInteger();
  private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
  private final Map<String, String> refreshTokens = new ConcurrentHashMap<>();
  private final Set<String> used = ConcurrentHashMap.newKeySet();
  private final Set<String> revoked = ConcurrentHashMap.newKeySet();

  AuthorizationServerFake() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 200);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  String issuer() {
    return url() + "/tenant";
  }

  URI mcp() {
    return URI.create(url() + "/mcp");
  }

  long refreshes() {
    return tokenRequests.stream()
        .filter(request -> "refresh_token".equals(request.get("grant_type")))
        .count();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (absent.contains(path)) {
      reply(exchange, 404, Map.of());
      return;
    }
    switch (path) {
      case "/mcp" -> refuse(exchange);
      case "/.well-known/oauth-protected-resource/mcp" ->
          reply(exchange, 200, with(resource(), resourceChanges));
      case "/.well-known/oauth-authorization-server/tenant" ->
          reply(exchange, 200, with(metadata(), metadataChanges));
      case "/register" -> register(exchange, body);
      case "/authorize" -> authorize(exchange);
      case "/token" -> token(exchange, form(body));
      default -> reply(exchange, 404, Map.of());
    }
  }

  private void refuse(HttpExchange exchange) throws IOException {
    exchange
        .getResponseHeaders()
        .add(
            "www-authenticate",
            "Bearer resource_metadata=\""
                + url()
                + "/.well-known/oauth-protected-resource/mcp\", scope=\""
                + challengeScope
                + "\"");
    reply(exchange, 401, Map.of());
  }

  private Map<String, Object> resource() {
    return Map.of(
        "resource", mcp().toString(),
        "authorization_servers", List.of(issuer()),
        "scopes_supported", List.of("tools:read", "tools:write"));
  }

  private Map<String, Object> metadata() {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("issuer", issuer());
    metadata.put("authorization_endpoint", url() + "/authorize");
    metadata.put("token_endpoint", url() + "/token");
    metadata.put("registration_endpoint", url() + "/register");
    metadata.put("response_types_supported", List.of("code"));
    metadata.put("code_challenge_methods_supported", List.of("S256"));
    metadata.put("token_endpoint_auth_methods_supported", List.of("client_secret_basic", "none"));
    metadata.put("scopes_supported", List.of("tools:read", "offline_access"));
    metadata.put("authorization_response_iss_parameter_supported", sendsIssuer);
    return metadata;
  }

  private static Map<String, Object> with(Map<String, Object> base, Map<String, Object> changes) {
    Map<String, Object> all = new LinkedHashMap<>(base);
    all.putAll(changes);
    return all;
  }

  private void register(HttpExchange exchange, String body) throws IOException {
    registrations.add(body);
    Map<String, Object> made = new LinkedHashMap<>();
    JSON.readTree(body).properties().forEach(field -> made.put(field.getKey(), field.getValue()));
    made.put("client_id", "client-" + count.incrementAndGet());
    made.put("client_secret", "secret-of-the-client");
    reply(exchange, 201, made);
  }

  /** A person who agrees to everything. */
  private void authorize(HttpExchange exchange) throws IOException {
    Map<String, String> query = form(exchange.getRequestURI().getRawQuery());
    String code = "code-" + count.incrementAndGet();
    codes.put(code, query);
    String iss = issuerInResponse != null ? issuerInResponse : sendsIssuer ? issuer() : null;
    exchange
        .getResponseHeaders()
        .add(
            "location",
            query.get("redirect_uri")
                + "?code="
                + code
                + "&state="
                + encode(String.valueOf(query.get("state")))
                + (iss == null ? "" : "&iss=" + encode(iss)));
    reply(exchange, 302, Map.of());
  }

  private void token(HttpExchange exchange, Map<String, String> form) throws IOException {
    Map<String, String> seen = new LinkedHashMap<>(form);
    seen.put(
        "authorization", String.valueOf(exchange.getRequestHeaders().getFirst("authorization")));
    tokenRequests.add(seen);
    if (failures.get() > 0 && failures.getAndDecrement() > 0) {
      reply(exchange, 503, Map.of());
      return;
    }
    pause();
    Map<String, Object> answer =
        switch (String.valueOf(form.get("grant_type"))) {
          case "authorization_code" -> byCode(form);
          case "refresh_token" -> byRefreshToken(form);
          case "client_credentials" -> issue("own", form.getOrDefault("scope", ""), false);
          default -> Map.of("error", "unsupported_grant_type");
        };
    if (answersToLose.get() > 0 && answersToLose.getAndDecrement() > 0) {
      exchange.close();
      return;
    }
    reply(exchange, answer.containsKey("error") ? 400 : 200, answer);
  }

  private void pause() {
    try {
      Thread.sleep(pauseMillis);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private Map<String, Object> byCode(Map<String, String> form) {
    Map<String, String> asked = codes.remove(String.valueOf(form.get("code")));
    boolean good =
        asked != null
            && "S256".equals(asked.get("code_challenge_method"))
            && s256(String.valueOf(form.get("code_verifier"))).equals(asked.get("code_challenge"))
            && mcp().toString().equals(asked.get("resource"))
            && mcp().toString().equals(form.get("resource"))
            && String.valueOf(asked.get("redirect_uri")).equals(form.get("redirect_uri"));
    return good && asked != null
        ? issue("family-" + count.incrementAndGet(), asked.getOrDefault("scope", ""), true)
        : Map.of("error", "invalid_grant");
  }

  private Map<String, Object> byRefreshToken(Map<String, String> form) {
    String token = String.valueOf(form.get("refresh_token"));
    String family = refreshTokens.get(token);
    if (family == null || revoked.contains(family)) {
      return Map.of("error", "invalid_grant");
    }
    if (!used.add(token) && !forgivesReuse) {
      revoked.add(family);
      return Map.of("error", "invalid_grant");
    }
    return issue(family, "", true);
  }

  private Map<String, Object> issue(String family, String scope, boolean refreshable) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("access_token", "access-" + count.incrementAndGet());
    answer.put("token_type", "Bearer");
    answer.put("expires_in", 3600);
    if (!scope.isEmpty()) {
      answer.put("scope", scope);
    }
    if (refreshable && givesRefreshTokens) {
      String refresh = "refresh-" + count.incrementAndGet();
      refreshTokens.put(refresh, family);
      answer.put("refresh_token", refresh);
    }
    return answer;
  }

  void revokeEverything() {
    revoked.addAll(refreshTokens.values());
  }

  private static String s256(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException missing) {
      throw new AssertionError(missing);
    }
  }

  static Map<String, String> form(String text) {
    Map<String, String> form = new LinkedHashMap<>();
    for (String pair : text.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      form.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return form;
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static void reply(HttpExchange exchange, int status, Map<String, Object> body)
      throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(body);
    exchange.getResponseHeaders().add("content-type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
