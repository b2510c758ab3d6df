package dev.tollgate.http.mcp;

import dev.tollgate.bootstrap.TestGateway;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A legacy client that reads the stream of one call as it comes. */
final class LegacyStream {

  private final RawClient client;
  private final HttpClient http = HttpClient.newHttpClient();
  private @Nullable Iterator<String> lines;

  LegacyStream(TestGateway gateway, String path, String key) {
    client = new RawClient(gateway, path, key);
    client.initialize("{\"elicitation\":{\"form\":{}},\"sampling\":{},\"roots\":{}}");
  }

  /** Begins a call, under the identifier 99. */
  HttpResponse<Stream<String>> call(String method, String params) {
    return open(request(method, params));
  }

  /** The same, where nothing may come for a while. */
  CompletableFuture<HttpResponse<Stream<String>>> begin(String method, String params) {
    return http.sendAsync(request(method, params), HttpResponse.BodyHandlers.ofLines());
  }

  private HttpRequest request(String method, String params) {
    return client
        .request(client.sessionHeaders())
        .POST(
            HttpRequest.BodyPublishers.ofString(
                "{\"jsonrpc\":\"2.0\",\"id\":99,\"method\":\""
                    + method
                    + "\",\"params\":"
                    + params
                    + "}"))
        .build();
  }

  /** Begins any request of the session. */
  HttpResponse<Stream<String>> open(HttpRequest request) {
    HttpResponse<Stream<String>> answer =
        http.sendAsync(request, HttpResponse.BodyHandlers.ofLines()).join();
    lines = answer.body().iterator();
    return answer;
  }

  /** The stream of what belongs to no call. */
  HttpResponse<Stream<String>> listen(Map<String, String> more) {
    HttpRequest.Builder request = client.request(client.sessionHeaders());
    more.forEach(request::header);
    return open(request.GET().build());
  }

  RawClient client() {
    return client;
  }

  /** The next message of the stream, or the whole of a JSON answer; fails at its end. */
  JsonNode next() {
    while (lines != null && lines.hasNext()) {
      String line = lines.next();
      String json = line.startsWith("data: ") ? line.substring(6) : line;
      if (json.startsWith("{")) {
        return RawClient.JSON.readTree(json);
      }
    }
    throw new AssertionError("the stream ended");
  }

  /** The next line, whatever it is; null at the end. */
  @Nullable String line() {
    return lines != null && lines.hasNext() ? lines.next() : null;
  }

  /** Answers a question of the server. */
  void reply(JsonNode id, String result) {
    client.inSession("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + result + "}");
  }
}
