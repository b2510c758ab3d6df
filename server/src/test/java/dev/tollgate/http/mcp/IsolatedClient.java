package dev.tollgate.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.TestGateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A client that calls at random, and looks whether whatever comes is its own. All clients use the
 * same identifiers, progress tokens and arguments.
 */
final class IsolatedClient implements AutoCloseable {

  private static final Pattern WHO = Pattern.compile("who-[0-9a-z]+");
  private static final List<String> TOOLS =
      List.of("get_who", "get_who", "get_who", "update_who", "progress", "ask", "list");

  private final HttpClient http;
  private final HttpClient leaving;
  private final List<TestGateway> nodes;
  private final IsolationIT.Principal who;
  private final String connector;
  private final Random random;
  private final Queue<String> wrong;
  private final AtomicInteger answered;
  private @Nullable String session;

  IsolatedClient(
      HttpClient http,
      HttpClient leaving,
      List<TestGateway> nodes,
      IsolationIT.Principal who,
      String connector,
      Random random,
      Queue<String> wrong,
      AtomicInteger answered) {
    this.http = http;
    this.leaving = leaving;
    this.nodes = nodes;
    this.who = who;
    this.connector = connector;
    this.random = random;
    this.wrong = wrong;
    this.answered = answered;
  }

  void run(boolean inSession, int rounds) throws IOException, InterruptedException {
    if (inSession) {
      initialize();
    }
    for (int round = 0; round < rounds; round++) {
      String tool = TOOLS.get(random.nextInt(TOOLS.size()));
      String method = tool.equals("list") ? "tools/list" : "tools/call";
      String params =
          tool.equals("list") ? "" : "\"name\":\"" + tool + "\",\"arguments\":{\"same\":1}";
      boolean leaves = random.nextInt(5) == 0;
      if (session == null) {
        modern(method, tool, params, leaves, 0);
      } else {
        legacy(method, params, leaves);
      }
    }
  }

  private void initialize() throws IOException, InterruptedException {
    HttpResponse<String> answer =
        send(
            request("2025-11-25")
                .POST(
                    body(
                        "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{"
                            + "\"protocolVersion\":\"2025-11-25\",\"capabilities\":"
                            + "{\"elicitation\":{}},\"clientInfo\":{\"name\":\"c\",\"version\":\"1\"}}}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    session = answer.headers().firstValue("mcp-session-id").orElse(null);
    look(answer.body());
  }

  private HttpRequest.Builder request(String version) {
    TestGateway node = nodes.get(random.nextInt(nodes.size()));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(node.url() + "/mcp/" + connector))
            .timeout(Duration.ofMinutes(2))
            .header("authorization", "Bearer " + who.key())
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", version);
    if (session != null) {
      request.header("mcp-session-id", session);
    }
    return request;
  }

  private static HttpRequest.BodyPublisher body(String json) {
    return HttpRequest.BodyPublishers.ofString(json);
  }

  /** In the session, under an identifier that everybody has. */
  private void legacy(String method, String params, boolean leaves)
      throws IOException, InterruptedException {
    String meta = "\"_meta\":{\"progressToken\":\"same\"}";
    HttpRequest call =
        request("2025-11-25")
            .POST(
                body(
                    "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\""
                        + method
                        + "\",\"params\":{"
                        + (params.isEmpty() ? "" : params + ",")
                        + meta
                        + "}}"))
            .build();
    if (leaves) {
      leave(call);
      say(
          "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":7}}");
      return;
    }
    HttpResponse<Stream<String>> answer = send(call, HttpResponse.BodyHandlers.ofLines());
    try (Stream<String> lines = answer.body()) {
      Iterator<String> each = lines.iterator();
      while (each.hasNext()) {
        JsonNode message = look(each.next());
        if (message != null && message.path("method").stringValue("").startsWith("elicitation")) {
          reply(message.path("id"));
        } else if (message != null && message.has("result") && message.path("id").intValue() != 7) {
          wrong.add(who.name() + " got an answer to " + message.path("id"));
        }
      }
    }
  }

  private void reply(JsonNode id) throws IOException, InterruptedException {
    say("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + told() + "}");
  }

  private String told() {
    return "{\"action\":\"accept\",\"content\":{\"name\":\"who-" + who.name() + "\"}}";
  }

  private void say(String message) throws IOException, InterruptedException {
    HttpResponse<String> heard =
        send(
            request("2025-11-25").POST(body(message)).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(heard.statusCode()).as("%s to %s", heard.body(), message).isEqualTo(202);
  }

  /** Again where the node that has the session could not be reached in time: nothing was done. */
  private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body)
      throws IOException, InterruptedException {
    HttpResponse<T> answer = http.send(request, body);
    while (answer.statusCode() == 503) {
      answer = http.send(request, body);
    }
    return answer;
  }

  /**
   * Goes away before, or while, the answer comes: on connections of those who leave, for a call
   * that is cancelled as it ends may close its connection under the next call on it.
   */
  private void leave(HttpRequest call) {
    var coming = leaving.sendAsync(call, HttpResponse.BodyHandlers.ofString());
    // The pace of the load, which no assertion waits for.
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(30)));
    coming.cancel(true);
  }

  private void modern(String method, String tool, String params, boolean leaves, int round)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request("2026-07-28").header("mcp-method", method);
    if (!tool.equals("list")) {
      request.header("mcp-name", tool);
    }
    HttpRequest call =
        request
            .POST(
                body(
                    "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\""
                        + method
                        + "\",\"params\":{"
                        + (params.isEmpty() ? "" : params + ",")
                        + RawClient.modernMeta(",\"progressToken\":\"same\"")
                        + "}}"))
            .build();
    if (leaves) {
      leave(call);
      return;
    }
    JsonNode last = null;
    for (String line : send(call, HttpResponse.BodyHandlers.ofString()).body().split("\n", -1)) {
      JsonNode message = look(line);
      last = message == null ? last : message;
    }
    JsonNode result = last == null ? null : last.path("result");
    if (result != null
        && result.path("resultType").stringValue("").equals("input_required")
        && round < 3) {
      String key = result.path("inputRequests").propertyNames().iterator().next();
      String again =
          "\"name\":\"ask\",\"arguments\":{\"same\":1},\"requestState\":"
              + result.path("requestState")
              + ",\"inputResponses\":{\""
              + key
              + "\":"
              + told()
              + "}";
      modern(method, tool, again, false, round + 1);
    }
  }

  /** Whether a line is only about this client; the message in it, if there is one. */
  private @Nullable JsonNode look(String line) {
    String json = line.startsWith("data: ") ? line.substring(6) : line;
    if (!json.startsWith("{")) {
      return null;
    }
    Matcher said = WHO.matcher(json);
    while (said.find()) {
      answered.incrementAndGet();
      if (!said.group().equals("who-" + who.name())) {
        wrong.add(who.name() + " at " + connector + " saw " + json);
      }
    }
    JsonNode message = RawClient.JSON.readTree(json);
    JsonNode token = message.at("/params/progressToken");
    if (token.isString() && !token.stringValue().equals("same")) {
      wrong.add(who.name() + " heard of the progress of " + token);
    }
    return message;
  }

  @Override
  public void close() {
    if (session == null) {
      return;
    }
    try {
      send(request("2025-11-25").DELETE().build(), HttpResponse.BodyHandlers.discarding());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
