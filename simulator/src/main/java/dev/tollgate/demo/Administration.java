package dev.tollgate.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An administrator with the administration API. */
final class Administration implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient client = HttpClient.newHttpClient();
  private final Gateway gateway;
  private final String key;

  Administration(Gateway gateway, String key) {
    this.gateway = gateway;
    this.key = key;
  }

  /** Makes an organization and returns its id; without a budget where there is none. */
  String createOrganization(String name, @Nullable Integer monthlyBudgetCents) {
    Map<String, Object> body = new HashMap<>();
    body.put("name", name);
    body.put("monthlyBudgetCents", monthlyBudgetCents);
    return text(ask("POST", "/admin/v1/organizations", body, 201), "id");
  }

  /** Makes a key of an organization and returns it; it is never shown again. */
  String createKey(String organization, String name) {
    return text(
        ask("POST", organization(organization) + "/keys", Map.of("name", name), 201), "key");
  }

  /** Makes an MCP server without sessions that matter a connector of an organization's. */
  void connect(String organization, String name, String url) {
    Map<String, Object> body = Map.of("name", name, "url", url, "stateless", true);
    ask("POST", organization(organization) + "/connectors", body, 201);
  }

  void resetBudget(String organization, String reason) {
    ask("POST", organization(organization) + "/budget/reset", Map.of("reason", reason), 200);
  }

  /** How one organization stands, by {@code /health/budget}. */
  JsonNode health(String organization) {
    String cursor = "";
    do {
      JsonNode page = ask("GET", "/health/budget" + cursor, null, 200);
      for (JsonNode item : page.path("organizations").values()) {
        if (text(item, "organizationId").equals(organization)) {
          return item;
        }
      }
      JsonNode next = page.path("nextCursor");
      cursor = next.isString() ? "?cursor=" + next.stringValue() : "";
    } while (!cursor.isEmpty());
    throw new Unexpected("/health/budget does not know the organization " + organization);
  }

  /** Whether the audit has a line of {@code action} on an organization that says {@code words}. */
  boolean audited(String organization, String action, String words) {
    return ask("GET", "/admin/v1/audit?organizationId=" + organization, null, 200)
        .path("items")
        .values()
        .stream()
        .anyMatch(line ->
            line.path("action").asString().equals(action) && line.toString().contains(words));
  }

  /** What an organization spent, by its own key. */
  JsonNode usage(String tenantKey) {
    return ask(tenantKey, "GET", "/v1/usage", null, 200);
  }

  /** Every entry of the ledger, newest first. */
  List<JsonNode> ledger(String organization) {
    List<JsonNode> entries = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page =
          ask("GET", organization(organization) + "/ledger?limit=10" + cursor, null, 200);
      entries.addAll(page.path("items").values());
      JsonNode next = page.path("nextCursor");
      cursor = next.isString() ? "&cursor=" + next.stringValue() : "";
    } while (!cursor.isEmpty());
    return entries;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  private static String organization(String id) {
    return "/admin/v1/organizations/" + id;
  }

  private JsonNode ask(String method, String path, @Nullable Object body, int expected) {
    return ask(key, method, path, body, expected);
  }

  private JsonNode ask(
      String bearer, String method, String path, @Nullable Object body, int expected) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(gateway.url() + path))
            .timeout(PATIENCE)
            .header("authorization", "Bearer " + bearer)
            .header("content-type", "application/json")
            .method(
                method,
                body == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
            .build();
    HttpResponse<String> response = send(request);
    Unexpected.unless(
        response.statusCode() == expected,
        "%s %s answered %d instead of %d: %s"
            .formatted(method, path, response.statusCode(), expected, response.body()));
    return JSON.readTree(response.body());
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new Unexpected("%s did not answer: %s".formatted(request.uri(), e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unexpected("interrupted while waiting for " + request.uri(), e);
    }
  }

  private static String text(JsonNode node, String name) {
    JsonNode value = node.path(name);
    Unexpected.unless(value.isString(), "there is no text '%s' in %s".formatted(name, node));
    return value.stringValue();
  }
}
