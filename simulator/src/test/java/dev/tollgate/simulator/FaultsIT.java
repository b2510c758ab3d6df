package dev.tollgate.simulator;

import static dev.tollgate.simulator.Raw.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.simulator.Raw.End;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that can go wrong on demand, seen from the bytes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsIT {

  private final Simulator simulator = Simulator.start();
  private final String messages = simulator.url() + "/v1/messages";

  @BeforeEach
  void reset() {
    Raw.awaitIdle(simulator);
    simulator.reset();
  }

  @AfterAll
  void close() {
    simulator.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 413, 429, 500, 503, 529})
  void answersWithTheStatusItIsTold(int status) throws Exception {
    HttpResponse<byte[]> response =
        Raw.post(
            messages, Raw.ask("Hi", true), "x-simulator", "status=" + status + ";retry-after=3");

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("retry-after")).contains("3");
    assertThat(response.headers().firstValue("request-id")).isPresent();
    assertThat(text(response)).contains("\"type\":\"error\"");
  }

  @Test
  void resetsAStreamAfterItsEvents() throws Exception {
    Raw.Read read = Raw.readAll(simulator, Raw.ask("[[sim: cut-after=4]]", true));

    assertThat(read.end()).isEqualTo(End.RESET);
    assertThat(read.text().split("event: ", -1)).hasSize(5);
    await().until(() -> simulator.stats().cut() == 1);
  }

  @Test
  void resetsAStreamInItsTime() throws Exception {
    Raw.Read read = Raw.readAll(simulator, Raw.ask("[[sim: cut-after=4 between=2ms]]", true));

    assertThat(read.end()).isEqualTo(End.RESET);
    assertThat(read.text().split("event: ", -1)).hasSize(5);
  }

  @Test
  void closesAStreamWithoutItsLastChunk() throws Exception {
    Raw.Read read = Raw.readAll(simulator, Raw.ask("[[sim: cut-after=4 cut=close]]", true));

    assertThat(read.end()).isEqualTo(End.END_OF_STREAM);
    assertThat(read.text()).contains("event: ping").doesNotEndWith("0\r\n\r\n");
  }

  @Test
  void cutsAStreamBeforeItsFirstEvent() throws Exception {
    Raw.Read read = Raw.readAll(simulator, Raw.ask("[[sim: cut-after=0]]", true));

    assertThat(read.text()).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n");
  }

  @Test
  void cutsABodyInTheMiddle() throws Exception {
    Raw.Read read = Raw.readAll(simulator, Raw.ask("[[sim: cut-bytes=50 cut=close]]", false));

    assertThat(read.end()).isEqualTo(End.END_OF_STREAM);
    assertThat(read.text().substring(read.text().indexOf("\r\n\r\n") + 4)).hasSize(50);
  }

  @Test
  void staysSilentUntilTheCallerGoes() throws Exception {
    try (Socket _ = Raw.open(simulator, Raw.ask("[[sim: silent]]", false))) {
      await().until(() -> simulator.stats().active() == 1);
    }
    await().until(() -> simulator.stats().cancelled() == 1 && simulator.stats().active() == 0);
  }

  @Test
  void noticesTheCallerWhoGoesInMidStream() throws Exception {
    String body = Raw.ask("[[sim: between=20ms chunks=1000 answer-bytes=100000]]", true);
    try (Socket socket = Raw.open(simulator, body)) {
      assertThat(socket.getInputStream().read()).isEqualTo('H');
    }
    await().until(() -> simulator.stats().cancelled() == 1 && simulator.stats().active() == 0);
    assertThat(simulator.stats().completed()).isZero();
  }

  @Test
  void waitsBeforeItsFirstByte() throws Exception {
    long start = System.nanoTime();
    Raw.post(messages, Raw.ask("[[sim: first-byte=150ms]]", false));
    Raw.post(messages, Raw.ask("[[sim: output-tokens=100 per-token=1500us]]", false));

    assertThat(System.nanoTime() - start).isGreaterThan(295_000_000L);
  }

  @Test
  void takesItsTimeBetweenEvents() throws Exception {
    long start = System.nanoTime();
    HttpResponse<byte[]> response =
        Raw.post(messages, Raw.ask("[[sim: between=10ms chunks=10]]", true));

    assertThat(System.nanoTime() - start).isGreaterThan(100_000_000L);
    assertThat(text(response)).endsWith("{\"type\":\"message_stop\"}\n\n");
  }

  @Test
  void lies() throws Exception {
    HttpResponse<byte[]> html = Raw.post(messages, Raw.ask("[[sim: body=html]]", true));
    HttpResponse<byte[]> typed =
        Raw.post(messages, Raw.ask("[[sim: content-type=text/plain]]", false));
    HttpResponse<byte[]> invalid = Raw.post(messages, Raw.ask("[[sim: body=invalid]]", false));
    HttpResponse<byte[]> empty = Raw.post(messages, Raw.ask("[[sim: body=empty]]", false));

    assertThat(html.headers().firstValue("content-type")).contains("text/html");
    assertThat(text(html)).contains("Bad Gateway");
    assertThat(typed.headers().firstValue("content-type")).contains("text/plain");
    assertThatThrownBy(() -> Json.MAPPER.readTree(invalid.body())).isNotNull();
    assertThat(empty.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void compressesEvenWhatWasAskedForAsItIs(boolean stream) throws Exception {
    HttpResponse<byte[]> response =
        Raw.post(messages, Raw.ask("[[sim: gzip]]", stream), "accept-encoding", "identity");

    assertThat(response.headers().firstValue("content-encoding")).contains("gzip");
    assertThat(gunzip(response.body())).contains("[simulated] No").contains("output_tokens");
  }

  @ParameterizedTest
  @ValueSource(ints = {1_500, 1 << 20, 5_000_000})
  void answersWithTheBytesItIsTold(int size) throws Exception {
    assertThat(Raw.post(messages, Raw.ask("[[sim: answer-bytes=" + size + "]]", false)).body())
        .hasSize(size);
  }

  @Test
  void cutsOneStreamOfHttp2AndKeepsItsConnection() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      HttpResponse<String> first = client.send(http2("Hi"), BodyHandlers.ofString());

      assertThat(first.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThatThrownBy(() -> client.send(http2("[[sim: cut-after=4]]"), BodyHandlers.ofString()))
          .isInstanceOf(IOException.class);
      assertThat(client.send(http2("Hi"), BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
    await().until(() -> simulator.stats().cut() == 1);
  }

  private HttpRequest http2(String said) {
    return HttpRequest.newBuilder(URI.create(messages))
        .POST(HttpRequest.BodyPublishers.ofString(Raw.ask(said, true)))
        .build();
  }

  @Test
  void reportsNoUsageOrTooOften() throws Exception {
    String none = text(Raw.post(messages, Raw.ask("[[sim: usage=none]]", true)));
    String repeated = text(Raw.post(messages, Raw.ask("[[sim: usage=repeated]]", true)));

    assertThat(none).contains("message_delta").doesNotContain("usage");
    assertThat(repeated.split("event: message_delta", -1)).hasSize(3);
  }

  @Test
  void refusesWhatNoProviderWouldTake() throws Exception {
    assertThat(Raw.post(messages, "{").statusCode()).isEqualTo(400);
    assertThat(Raw.post(messages, "[]").statusCode()).isEqualTo(400);
    assertThat(Raw.post(messages, "{\"model\":\"m\",\"messages\":[]}").statusCode()).isEqualTo(400);
    assertThat(Raw.post(simulator.url() + "/v1/nothing", "{}").statusCode()).isEqualTo(404);
    assertThat(Raw.get(messages).statusCode()).isEqualTo(405);
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  private static String gunzip(byte[] bytes) throws IOException {
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return new String(gzip.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
