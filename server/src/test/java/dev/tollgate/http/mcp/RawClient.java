package dev.tollgate.http.mcp;

import dev.tollgate.bootstrap.TestGateway;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends messages to the gateway as they are written, in either era. */
final class RawClient {

  static final JsonMapper JSON = new JsonMapper();

  private final TestGateway gateway;
  private final String path;
  private final String key;
  private @Nullable String session;

  RawClient(TestGateway gateway, String path, String key) {
    this.gateway = gateway;
    this.path = path;
    this.key = key;
  }

  /** The same client, whom its balancer sends to another node. */
  RawClient at(TestGateway other) {
    RawClient moved = new RawClient(other, path, key);
    moved.session = session;
    return moved;
  }

  static String modernMeta(String rest) {
    return "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
        + "\"io.modelcontextprotocol/clientInfo\":{\"name\":\"t\",\"version\":\"1\"},"
        + "\"io.modelcontextprotocol/clientCapabilities\":"
        + "{\"elicitation\":{\"form\":{}},\"sampling\":{},\"roots\":{}}"
        + rest
        + "}";
  }

  /** A modern request; {@code params} without braces. */
  HttpResponse<String> modern(String method, String params) {
    return modern(method, params, "");
  }

  HttpResponse<String> modern(String method, String params, String meta) {
    String body =
        "{\"jsonrpc\":\"2.0\",\"id\":\"q1\",\"method\":\""
            + method
            + "\",\"params\":{"
            + (params.isEmpty() ? "" : params + ",")
            + modernMeta(meta)
            + "}}";
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("mcp-protocol-version", "2026-07-28");
    headers.put("mcp-method", method);
    JsonNode read = JSON.readTree(body).path("params");
    String name = read.path("name").stringValue(read.path("uri").stringValue(""));
    if (!name.isEmpty()) {
      headers.put("mcp-name", name);
    }
    return post(body, headers);
  }

  /** The handshake of the session era. */
  JsonNode initialize(String capabilities) {
    HttpResponse<String> answer =
        post(
            "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{"
                + "\"protocolVersion\":\"2025-11-25\",\"capabilities\":"
                + capabilities
                + ",\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}",
            Map.of());
    session = answer.headers().firstValue("mcp-session-id").orElse(null);
    post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}", sessionHeaders());
    return JSON.readTree(answer.body());
  }

  /** A request within the session; {@code params} is an object. */
  HttpResponse<String> legacy(int id, String method, String params) {
    return post(
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + id
            + ",\"method\":\""
            + method
            + "\",\"params\":"
            + params
            + "}",
        sessionHeaders());
  }

  HttpResponse<String> inSession(String body) {
    return post(body, sessionHeaders());
  }

  Map<String, String> sessionHeaders() {
    return session == null
        ? Map.of()
        : Map.of("mcp-session-id", session, "mcp-protocol-version", "2025-11-25");
  }

  HttpResponse<String> post(String body, Map<String, String> headers) {
    return gateway.send(request(headers).POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  HttpRequest.Builder request(Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(gateway.url() + path))
            .header("authorization", "Bearer " + key)
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream");
    headers.forEach(request::header);
    return request;
  }

  /** The JSON of an answer, whether it came whole or as the last event of a stream. */
  static JsonNode last(HttpResponse<String> answer) {
    String body = answer.body();
    int data = body.lastIndexOf("data: ");
    return JSON.readTree(
        data < 0 || body.startsWith("{") ? body : body.substring(data + 6).strip());
  }
}
