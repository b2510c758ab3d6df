package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tollgate.http.engine.FrontDoorConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request that arrives slowly, or is refused before it has arrived, does to others. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlowBodiesIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String BRIEF =
      """
      {"model":"claude-haiku-4-5","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}\
      """;

  private final TestGateway gateway =
      TestGateway.start(wishes -> wishes.door(within(wishes.door(), Duration.ofSeconds(4))));
  private final String key = gateway.tenant(100_000L).key();

  @AfterAll
  void stop() {
    gateway.close();
  }

  private static FrontDoorConfig within(FrontDoorConfig door, Duration requestTimeout) {
    return new FrontDoorConfig(
        door.host(),
        door.port(),
        door.tls(),
        door.headerBytes(),
        door.bodyBytes(),
        door.bodiesInFlight(),
        requestTimeout,
        door.notice(),
        door.drain(),
        door.loops());
  }

  private HttpRequest request(String bearer, BodyPublisher body) {
    return request(gateway, bearer, body);
  }

  private static HttpRequest request(TestGateway gateway, String bearer, BodyPublisher body) {
    return HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/messages"))
        .header("authorization", "Bearer " + bearer)
        .POST(body)
        .build();
  }

  /** Takes longer than a request may take to arrive. */
  private HttpRequest longCall() {
    return request(
        key,
        BodyPublishers.ofString(
            """
            {"model":"claude-haiku-4-5","max_tokens":200,"stream":true,"messages":[
            {"role":"user","content":"Hi [[sim: between=200ms chunks=30]]"}]}\
            """));
  }

  private static void assertWhole(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).endsWith("{\"type\":\"message_stop\"}\n\n");
  }

  /** Proxies have calls of many callers on one connection. */
  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aCallGoesOnAfterAnotherOfItsConnectionWasRefused(HttpClient.Version version)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newBuilder().version(version).build()) {
      HttpRequest wrong = request("tg_live_wrong", BodyPublishers.ofString("{}"));
      assertThat(http.send(wrong, BodyHandlers.ofString()).statusCode()).isEqualTo(401);
      assertWhole(http.send(longCall(), BodyHandlers.ofString()));
    }
  }

  /** The first request of a client is an upgrade to HTTP/2, for which it is read whole. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aFirstRequestMayArriveInPieces(int pieces) throws Exception {
    byte[] body = BRIEF.getBytes(StandardCharsets.UTF_8);
    SubmissionPublisher<ByteBuffer> arriving = new SubmissionPublisher<>();
    try (TestGateway patient = TestGateway.start();
        HttpClient http = HttpClient.newHttpClient()) {
      CompletableFuture<HttpResponse<String>> answer =
          http.sendAsync(
              request(
                  patient,
                  patient.tenant(100_000L).key(),
                  BodyPublishers.fromPublisher(arriving, body.length)),
              BodyHandlers.ofString());
      await().atMost(PATIENCE).until(arriving::hasSubscribers);
      int each = body.length / pieces;
      for (int piece = 0; piece < pieces; piece++) {
        // The pace of the body.
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        int end = piece == pieces - 1 ? body.length : (piece + 1) * each;
        arriving.submit(ByteBuffer.wrap(Arrays.copyOfRange(body, piece * each, end)));
      }
      arriving.close();
      assertThat(answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aCallGoesOnBesideOneThatDoesNotArrive() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient();
        SubmissionPublisher<ByteBuffer> never = new SubmissionPublisher<>()) {
      // From now on HTTP/2 is spoken.
      HttpRequest brief = request(key, BodyPublishers.ofString(BRIEF));
      assertThat(http.send(brief, BodyHandlers.ofString()).version())
          .isEqualTo(HttpClient.Version.HTTP_2);
      CompletableFuture<HttpResponse<String>> slow =
          http.sendAsync(
              request(key, BodyPublishers.fromPublisher(never)), BodyHandlers.ofString());
      CompletableFuture<HttpResponse<String>> other =
          http.sendAsync(longCall(), BodyHandlers.ofString());
      assertThat(slow.get().statusCode()).isEqualTo(408);
      assertWhole(other.get());
    }
  }
}
