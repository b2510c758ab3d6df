package dev.tollgate.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The demo's MCP server keeps the rules of its revision, and counts. */
class TicketServerIT {

  private static final String INITIALIZE = request(0, "initialize", "{}");
  private static final String READ =
      request(1, "tools/call", "{\"name\":\"get_ticket\",\"arguments\":{\"number\":3}}");
  private static final String WRITE =
      request(
          2,
          "tools/call",
          "{\"name\":\"update_ticket\",\"arguments\":{\"number\":3,\"state\":\"closed\"}}");

  private final TicketServer server = TicketServer.start();
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    server.close();
    http.close();
  }

  @Test
  void countsWhatIsAskedOfIt() throws Exception {
    String session = session();
    assertThat(send("POST", session, READ).body()).contains("\"text\":\"open\"");
    assertThat(send("POST", session, WRITE).body()).contains("\"text\":\"closed\"");
    assertThat(send("POST", session, READ).body()).contains("\"text\":\"closed\"");
    assertThat(server.tickets().reads()).isEqualTo(2);
    assertThat(server.tickets().writes()).isEqualTo(1);
  }

  @Test
  void wantsASession() throws Exception {
    assertThat(send("POST", "", READ).statusCode()).isEqualTo(400);
    assertThat(send("POST", "made-up", READ).statusCode()).isEqualTo(404);
    String session = session();
    assertThat(send("DELETE", session, "").statusCode()).isEqualTo(204);
    assertThat(send("POST", session, READ).statusCode()).isEqualTo(404);
    assertThat(send("GET", session, "").statusCode()).isEqualTo(405);
    assertThat(server.tickets().reads()).isZero();
  }

  @Test
  void saysWhatItDoesNotKnow() throws Exception {
    String session = session();
    assertThat(send("POST", session, "{nonsense").body()).contains("-32700");
    assertThat(send("POST", session, request(1, "no/method", "{}")).body()).contains("-32601");
    assertThat(send("POST", session, request(1, "tools/call", "{\"name\":\"other\"}")).body())
        .contains("-32602");
  }

  @Test
  void aClientWithoutAGatewayBetweenIsToldSo() {
    try (ToolCaller caller = new ToolCaller("Acme", server.url(), "key")) {
      assertThatThrownBy(caller::tools)
          .isInstanceOf(Unexpected.class)
          .hasMessageContaining("tools/list answered 400");
    }
  }

  private String session() throws Exception {
    HttpResponse<String> answer = send("POST", "", INITIALIZE);
    assertThat(answer.body()).contains("\"protocolVersion\":\"2025-11-25\"");
    return answer.headers().firstValue("mcp-session-id").orElseThrow();
  }

  private HttpResponse<String> send(String verb, String session, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url()))
            .method(verb, HttpRequest.BodyPublishers.ofString(body));
    if (!session.isEmpty()) {
      request.header("mcp-session-id", session);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String request(int id, String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}"
        .formatted(id, method, params);
  }
}
