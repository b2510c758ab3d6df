package dev.tollgate.bootstrap;

import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The administration API of a gateway, from outside. Every call blocks, for half a minute at most,
 * and throws a {@link Failure} with what the gateway said.
 */
final class AdministrationClient {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration TO_CONNECT = Duration.ofSeconds(5);
  private static final Duration TO_ANSWER = Duration.ofSeconds(30);
  private static final int PAGE = 1_000;
  private static final int MOST_PAGES = 100;

  private final HttpClient http;
  private final URI gateway;
  private final Secret key;

  /**
   * One for a gateway.
   *
   * @param authority certificates to trust; null: those of the usual authorities
   */
  AdministrationClient(URI gateway, Secret key, @Nullable Path authority) {
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(TO_CONNECT);
    if (authority != null) {
      builder.sslContext(Authorities.of(authority));
    }
    this.http = builder.build();
    this.gateway = gateway;
    this.key = key;
  }

  JsonNode get(String path) {
    return send("GET", path, null);
  }

  JsonNode post(String path, Map<String, ? extends @Nullable Object> body) {
    return send("POST", path, body);
  }

  JsonNode put(String path, Map<String, ? extends @Nullable Object> body) {
    return send("PUT", path, body);
  }

  JsonNode patch(String path, Map<String, ? extends @Nullable Object> body) {
    return send("PATCH", path, body);
  }

  void delete(String path) {
    send("DELETE", path, null);
  }

  /** Every item of a list, page by page. */
  List<JsonNode> all(String path) {
    List<JsonNode> items = new ArrayList<>();
    String cursor = "";
    for (int page = 0; page < MOST_PAGES; page++) {
      JsonNode answer = get(path + "?limit=" + PAGE + cursor);
      answer.path("items").forEach(items::add);
      if (answer.path("nextCursor").isMissingNode() || answer.path("nextCursor").isNull()) {
        return items;
      }
      cursor = "&cursor=" + encoded(answer.path("nextCursor").asString());
    }
    throw Failure.of(
        ErrorCode.INVALID_REQUEST,
        "there are more than " + MOST_PAGES * PAGE + " items: page through " + path + " yourself");
  }

  /**
   * The path of an organization.
   *
   * @param named its id, its external id, or its name if no other has it
   */
  String organization(String named) {
    return "/organizations/" + (isId(named) ? named : find(named));
  }

  private String find(String named) {
    List<String> found =
        all("/organizations").stream()
            .filter(one ->
                named.equals(one.path("externalId").asString(""))
                    || named.equals(one.path("name").asString("")))
            .map(one -> one.path("id").asString())
            .toList();
    if (found.size() == 1) {
      return found.getFirst();
    }
    throw Failure.notFound(
        found.isEmpty()
            ? "no organization has the id, external id or name " + named
            : "several organizations are named " + named + ": give an id, one of " + found);
  }

  private static boolean isId(String text) {
    try {
      return UUID.fromString(text).toString().equalsIgnoreCase(text);
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private JsonNode send(
      String method, String path, @Nullable Map<String, ? extends @Nullable Object> body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base() + "/admin/v1" + path))
            .timeout(TO_ANSWER)
            .header("authorization", "Bearer " + key.reveal());
    if (body == null) {
      request.method(method, BodyPublishers.noBody());
    } else {
      request
          .header("content-type", "application/json")
          .method(method, BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
    }
    HttpResponse<byte[]> response = exchange(request.build());
    JsonNode answer = parsed(response);
    if (response.statusCode() >= 300) {
      throw Failure.of(ErrorCode.INVALID_REQUEST, complaint(response.statusCode(), answer));
    }
    return answer;
  }

  private String base() {
    String text = gateway.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  private HttpResponse<byte[]> exchange(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofByteArray());
    } catch (SSLException e) {
      throw Failure.of(
          ErrorCode.UNAVAILABLE,
          "the certificate of "
              + gateway
              + " is not trusted here: "
              + e.getMessage()
              + " (--ca FILE, TOLLGATE_CA)",
          e);
    } catch (IOException e) {
      throw Failure.of(
          ErrorCode.UNAVAILABLE,
          "nothing answers at " + gateway + ": is Tollgate running there? (--url, TOLLGATE_URL)",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(ErrorCode.UNAVAILABLE, "interrupted", e);
    }
  }

  private JsonNode parsed(HttpResponse<byte[]> response) {
    try {
      return response.body().length == 0 ? JSON.createObjectNode() : JSON.readTree(response.body());
    } catch (JacksonException e) {
      throw Failure.of(
          ErrorCode.UPSTREAM_INVALID,
          "what answers at " + gateway + " is no Tollgate: status " + response.statusCode(),
          e);
    }
  }

  private static String complaint(int status, JsonNode answer) {
    JsonNode error = answer.path("error");
    String message = error.path("message").asString("");
    return message.isEmpty() ? "the gateway answered " + status : message;
  }
}
