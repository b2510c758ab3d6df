package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.kernel.Secret;
import dev.tollgate.models.Dialect;
import dev.tollgate.models.ModelsConfig;
import dev.tollgate.models.ProviderConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What a call costs whose provider reports what none can have used, or nothing that counts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UsageReportsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String MESSAGE =
      "{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[{\"type\":\"text\",\"text\":\"Hello"
          + " there\"}],\"stop_reason\":\"end_turn\",\"usage\":%s}";

  private static final String MESSAGE_STREAM =
      """
      event: message_start
      data: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"m","content":[],"usage":%1$s}}

      event: content_block_start
      data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

      event: content_block_delta
      data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello there"}}

      event: content_block_stop
      data: {"type":"content_block_stop","index":0}

      event: message_delta
      data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":%1$s}

      event: message_stop
      data: {"type":"message_stop"}

      """;

  private static final String COMPLETION =
      "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hello"
          + " there\"},\"finish_reason\":\"stop\"}],\"usage\":%s}";

  private static final String CHUNK =
      "data:"
          + " {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":";

  private static final String COMPLETION_STREAM =
      CHUNK
          + "[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Hello"
          + " there\"},\"finish_reason\":null}]}\n\n"
          + CHUNK
          + "[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
          + CHUNK
          + "[],\"usage\":%s}\n\ndata: [DONE]\n\n";

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile String type = "";
  private volatile String body = "";
  private HttpServer odd;
  private TestGateway gateway;

  @BeforeAll
  void start() throws IOException {
    odd = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    odd.setExecutor(threads);
    odd.createContext("/", this::answer);
    odd.start();
    gateway = TestGateway.start(wishes -> wishes.models(models(wishes.models())));
  }

  @AfterAll
  void stop() {
    gateway.close();
    odd.stop(0);
    threads.close();
  }

  private ModelsConfig models(ModelsConfig models) {
    URI url = URI.create("http://127.0.0.1:" + odd.getAddress().getPort());
    List<ProviderConfig> providers = new ArrayList<>(models.providers());
    providers.add(
        ProviderConfig.of(
            "messages", Dialect.ANTHROPIC, url, new Secret("sk-m"), List.of("claude-haiku-4-5")));
    providers.add(
        ProviderConfig.of(
            "chat", Dialect.OPENAI, url.resolve("/v1"), new Secret("sk-c"), List.of("gpt-4.1")));
    return new ModelsConfig(
        providers,
        models.tiers(),
        models.aliases(),
        models.routing(),
        models.unboundedInput(),
        models.learning(),
        models.streamDuration(),
        models.jsonDepth(),
        models.disconnect(),
        models.drainTimeout());
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("content-type", type);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  /** Every shape that an answer may have, of each dialect. */
  enum Shape {
    MESSAGE("messages/claude-haiku-4-5", "/v1/messages", false, UsageReportsIT.MESSAGE),
    MESSAGE_STREAM(
        "messages/claude-haiku-4-5", "/v1/messages", true, UsageReportsIT.MESSAGE_STREAM),
    COMPLETION("chat/gpt-4.1", "/v1/chat/completions", false, UsageReportsIT.COMPLETION),
    COMPLETION_STREAM(
        "chat/gpt-4.1", "/v1/chat/completions", true, UsageReportsIT.COMPLETION_STREAM);

    private final String model;
    private final String route;
    private final boolean stream;
    private final String text;

    Shape(String model, String route, boolean stream, String text) {
      this.model = model;
      this.route = route;
      this.stream = stream;
      this.text = text;
    }

    private String in(String usage) {
      return model.startsWith("chat")
          ? usage.replace("input_tokens", "prompt_tokens").replace("output_", "completion_")
          : usage;
    }
  }

  private HttpResponse<String> call(Tenant tenant, String route, String model, boolean stream) {
    return gateway.send(
        HttpRequest.newBuilder(URI.create(gateway.url() + route))
            .header("authorization", "Bearer " + tenant.key())
            .timeout(PATIENCE)
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"model\":\"%s\",\"stream\":%s,\"max_tokens\":50,".formatted(model, stream)
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"))
            .build());
  }

  private JsonNode charged(Shape shape, String usage) {
    type = shape.stream ? "text/event-stream" : "application/json";
    body = shape.text.formatted(shape.in(usage));
    Tenant tenant = gateway.tenant(1_000_000L);
    HttpResponse<String> answer = call(tenant, shape.route, shape.model, shape.stream);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).contains("Hello there").doesNotContain("\"error\"");
    return entry(tenant);
  }

  private JsonNode entry(Tenant tenant) {
    await().atMost(PATIENCE).until(() -> gateway.ledger(tenant).size() == 1);
    await().atMost(PATIENCE).until(() -> gateway.meters().get("spend.holds").gauge().value() == 0);
    assertThat(gateway.books().balanced()).isTrue();
    return gateway.ledger(tenant).get(0);
  }

  private static BigDecimal cost(JsonNode entry) {
    return BigDecimal.valueOf(entry.path("costNanos").longValue(), 9);
  }

  private static List<Arguments> withoutCounts() {
    List<Arguments> all = new ArrayList<>();
    for (Shape shape : Shape.values()) {
      for (String usage :
          List.of(
              "{\"input_tokens\":9000000000000000000,\"output_tokens\":1}",
              "{\"input_tokens\":5,\"output_tokens\":123456789012345678901234567890}",
              "{\"input_tokens\":1e300,\"output_tokens\":5}",
              "{}",
              "{\"foo\":1}",
              "{\"input_tokens\":\"7\",\"output_tokens\":null}",
              "{\"input_tokens\":1e3,\"output_tokens\":2.5}",
              "{\"input_tokens\":-5,\"output_tokens\":-7}",
              "{\"input_tokens\":0,\"output_tokens\":0}",
              "{\"input_tokens\":5,\"output_tokens\":0}")) {
        all.add(Arguments.of(shape, usage));
      }
    }
    return all;
  }

  /** The prompt by its bound, which is above a token, and more than nothing for the answer. */
  @ParameterizedTest
  @MethodSource("withoutCounts")
  void chargesByWhatWasDeliveredWhereNothingWasCounted(Shape shape, String usage) {
    JsonNode entry = charged(shape, usage);
    assertThat(entry.path("status").stringValue()).isEqualTo("ok");
    BigDecimal answer = new BigDecimal(shape.model.startsWith("chat") ? "0.000008" : "0.000005");
    assertThat(cost(entry)).as(entry.toString()).isGreaterThan(answer.multiply(BigDecimal.TWO));
  }

  /** Of a million tokens Haiku costs 1 and 5 dollars, GPT-4.1 2 and 8. */
  private static String cost(Shape shape) {
    return shape.model.startsWith("chat") ? "0.026" : "0.015";
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void takesWholeNumbersHoweverTheyAreWritten(Shape shape) {
    JsonNode entry = charged(shape, "{\"input_tokens\":5e3,\"output_tokens\":2000.0}");
    assertThat(cost(entry)).isEqualByComparingTo(cost(shape));
  }

  @ParameterizedTest
  @EnumSource(
      value = Shape.class,
      names = {"MESSAGE", "MESSAGE_STREAM"})
  void chargesEveryStepOfAnAnswer(Shape shape) {
    String usage =
        "{\"input_tokens\":23000,\"iterations\":[{\"type\":\"compaction\",\"input_tokens\":180000,"
            + "\"output_tokens\":3500},{\"type\":\"message\",\"input_tokens\":23000,"
            + "\"output_tokens\":1000}],\"output_tokens\":1000}";
    assertThat(cost(charged(shape, usage))).isEqualByComparingTo("0.2255");
  }

  @ParameterizedTest
  @EnumSource(
      value = Shape.class,
      names = {"COMPLETION", "COMPLETION_STREAM"})
  void chargesReasoningThatIsReportedBesideTheCompletion(Shape shape) {
    String usage = "{\"input_tokens\":5000,\"output_tokens\":500,\"total_tokens\":7000}";
    assertThat(cost(charged(shape, usage))).isEqualByComparingTo(cost(shape));
  }

  /** The empty lines between events stay; a line of data may end wherever JSON has a blank. */
  @ParameterizedTest
  @EnumSource(
      value = Shape.class,
      names = {"MESSAGE_STREAM", "COMPLETION_STREAM"})
  void readsEventsWhoseDataAreInSeveralLines(Shape shape) {
    String usage = "\ndata: {\"input_tokens\":5000,\ndata:\ndata:\"output_tokens\"\ndata: :2000}";
    assertThat(cost(charged(shape, usage))).isEqualByComparingTo(cost(shape));
  }

  /** Not every server of OpenAI's dialect says [DONE], nor what was used. */
  @ParameterizedTest
  @ValueSource(strings = {"/v1/chat/completions", "/v1/messages"})
  void takesAStreamForWholeThatSaysWhyItStopped(String route) {
    type = "text/event-stream";
    body = COMPLETION_STREAM.substring(0, COMPLETION_STREAM.lastIndexOf(CHUNK));
    Tenant tenant = gateway.tenant(1_000_000L);
    HttpResponse<String> answer = call(tenant, route, "chat/gpt-4.1", true);
    assertThat(answer.body()).contains("Hello there").doesNotContain("error");
    assertThat(answer.body().contains("message_stop")).isEqualTo(route.equals("/v1/messages"));
    JsonNode entry = entry(tenant);
    assertThat(entry.path("status").stringValue()).isEqualTo("ok");
    assertThat(cost(entry)).isGreaterThan(new BigDecimal("0.000016"));
  }
}
