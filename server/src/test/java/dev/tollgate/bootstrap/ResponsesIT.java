package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.HttpResponseFor;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ResponseOutputItem;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.models.ModelsConfig;
import dev.tollgate.spend.Tier;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Responses by OpenAI's own SDK, unmodified but for its base URL and key. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResponsesIT {

  private TestGateway gateway;
  private Tenant tenant;
  private OpenAIClient client;

  @BeforeAll
  void start() {
    gateway = TestGateway.start(wishes -> wishes.models(withTiers(wishes.models())));
    tenant = gateway.tenant(1_000_000L);
    client = client(tenant);
  }

  @AfterAll
  void stop() {
    client.close();
    gateway.close();
  }

  private static ModelsConfig withTiers(ModelsConfig models) {
    return new ModelsConfig(
        models.providers(),
        Map.of(
            Tier.PREMIUM, Map.of("openai", "gpt-5"),
            Tier.STANDARD, Map.of("openai", "gpt-5-mini"),
            Tier.ECONOMY, Map.of("openai", "gpt-4o-mini")),
        models.aliases(),
        models.routing(),
        models.unboundedInput(),
        models.learning(),
        models.streamDuration(),
        models.jsonDepth(),
        models.disconnect(),
        models.drainTimeout());
  }

  private OpenAIClient client(Tenant of) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(gateway.url() + "/v1")
        .apiKey(of.key())
        .maxRetries(0)
        .build();
  }

  private static ResponseCreateParams.Builder say(String text) {
    return ResponseCreateParams.builder().model("gpt-4o-mini").maxOutputTokens(1_000).input(text);
  }

  private JsonNode entry(String callId) {
    for (JsonNode item : gateway.ledger(tenant)) {
      if (item.path("callId").stringValue().equals(callId)) {
        return item;
      }
    }
    throw new AssertionError("the ledger has no entry of call " + callId);
  }

  private static String text(Response response) {
    return response.output().stream()
        .filter(ResponseOutputItem::isMessage)
        .flatMap(item -> item.asMessage().content().stream())
        .map(content -> content.asOutputText().text())
        .collect(Collectors.joining());
  }

  @Test
  void answersAndTellsTheExactCost() {
    try (HttpResponseFor<Response> raw =
        client
            .responses()
            .withRawResponse()
            .create(
                say("Hello [[sim: input-tokens=1000 cache-read-tokens=200 output-tokens=500]]")
                    .build())) {
      Response answer = raw.parse();
      assertThat(text(answer)).startsWith("[simulated]");
      assertThat(answer.usage().orElseThrow().outputTokens()).isEqualTo(500);
      // 1,000 tokens at $0.15, 200 from the cache at $0.075 and 500 at $0.60 a million.
      long cost = 1_000 * 150L + 200 * 75L + 500 * 600L;
      assertThat(raw.headers().values("x-tollgate-cost-usd")).containsExactly("0.000465");
      assertThat(raw.headers().values("x-tollgate-model")).containsExactly("gpt-4o-mini");
      JsonNode entry = entry(raw.headers().values("x-tollgate-call-id").getFirst());
      assertThat(entry.path("costNanos").asLong()).isEqualTo(cost);
      assertThat(entry.path("status").stringValue()).isEqualTo("ok");
      assertThat(entry.path("dialect").stringValue()).isEqualTo("openai");
    }
  }

  private record Streamed(List<ResponseStreamEvent> events, JsonNode entry) {
    String text() {
      return events.stream()
          .filter(ResponseStreamEvent::isOutputTextDelta)
          .map(event -> event.asOutputTextDelta().delta())
          .collect(Collectors.joining());
    }
  }

  private Streamed stream(ResponseCreateParams asked) {
    try (HttpResponseFor<StreamResponse<ResponseStreamEvent>> raw =
        client.responses().withRawResponse().createStreaming(asked)) {
      List<ResponseStreamEvent> events = raw.parse().stream().collect(Collectors.toList());
      // What has ended is charged: the entry is there when the last event is.
      return new Streamed(events, entry(raw.headers().values("x-tollgate-call-id").getFirst()));
    }
  }

  @Test
  void streamsAndChargesBeforeTheLastEvent() {
    Streamed streamed =
        stream(say("Tell [[sim: input-tokens=100 output-tokens=40 chunks=7]]").build());
    assertThat(streamed.text()).startsWith("[simulated]");
    assertThat(streamed.events().getFirst().isCreated()).isTrue();
    assertThat(streamed.events().getLast().isCompleted()).isTrue();
    assertThat(streamed.entry().path("costNanos").asLong()).isEqualTo(100 * 150L + 40 * 600L);
    assertThat(streamed.entry().path("status").stringValue()).isEqualTo("ok");
  }

  @Test
  void chargesAnAnswerThatIsIncompleteByItsReport() {
    Response cut =
        client
            .responses()
            .create(
                say("Much [[sim: input-tokens=10 output-tokens=max]]").maxOutputTokens(16).build());
    assertThat(cut.status().orElseThrow()).isEqualTo(ResponseStatus.INCOMPLETE);
    Streamed streamed =
        stream(say("Much [[sim: input-tokens=10 output-tokens=max]]").maxOutputTokens(16).build());
    assertThat(streamed.events().getLast().isIncomplete()).isTrue();
    assertThat(streamed.entry().path("status").stringValue()).isEqualTo("ok");
    assertThat(streamed.entry().path("costNanos").asLong()).isEqualTo(10 * 150L + 16 * 600L);
  }

  @Test
  void callsToolsAndGoesOnWhereItWas() {
    FunctionTool weather =
        FunctionTool.builder()
            .name("weather")
            .parameters(
                FunctionTool.Parameters.builder()
                    .putAdditionalProperty("type", JsonValue.from("object"))
                    .putAdditionalProperty(
                        "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                    .putAdditionalProperty("required", JsonValue.from(List.of("city")))
                    .build())
            .strict(false)
            .build();
    Response asked = client.responses().create(say("Weather? [[tool]]").addTool(weather).build());
    ResponseOutputItem call =
        asked.output().stream()
            .filter(ResponseOutputItem::isFunctionCall)
            .findFirst()
            .orElseThrow();
    assertThat(call.asFunctionCall().name()).isEqualTo("weather");
    Response told =
        client
            .responses()
            .create(
                ResponseCreateParams.builder()
                    .model("gpt-4o-mini")
                    .previousResponseId(asked.id())
                    .addTool(weather)
                    .inputOfResponse(
                        List.of(
                            ResponseInputItem.ofFunctionCallOutput(
                                ResponseInputItem.FunctionCallOutput.builder()
                                    .callId(call.asFunctionCall().callId())
                                    .output("{\"celsius\":21}")
                                    .build())))
                    .build());
    assertThat(text(told)).contains("The tool's result has arrived");
    // The whole history in the body instead, items with their ids.
    Response stateless =
        client
            .responses()
            .create(
                ResponseCreateParams.builder()
                    .model("gpt-4o-mini")
                    .addTool(weather)
                    .inputOfResponse(
                        List.of(
                            ResponseInputItem.ofFunctionCall(call.asFunctionCall()),
                            ResponseInputItem.ofFunctionCallOutput(
                                ResponseInputItem.FunctionCallOutput.builder()
                                    .callId(call.asFunctionCall().callId())
                                    .output("{\"celsius\":21}")
                                    .build())))
                    .build());
    assertThat(text(stateless)).contains("The tool's result has arrived");
  }

  /** What is asked for. */
  static class Weather {
    public String city = "";
    public int celsius;
  }

  @Test
  void answersByASchema() {
    var answer = client.responses().create(say("Weather in Seoul").text(Weather.class).build());
    Weather weather =
        answer.output().stream()
            .flatMap(item -> item.message().stream())
            .flatMap(message -> message.content().stream())
            .map(content -> content.asOutputText())
            .findFirst()
            .orElseThrow();
    assertThat(weather.city).isNotBlank();
  }

  @Test
  void boundsToolsThatTheConversationBringsLikeThoseAtTheTop() {
    Tenant tenant = gateway.tenant(1_000_000L);
    String tools = "\"tools\":[{\"type\":\"web_search\"}]";
    String brought =
        "\"tools\":[{\"type\":\"tool_search\"}],\"input\":[{\"type\":\"message\",\"role\":\"user\","
            + "\"content\":\"Hi\"},{\"type\":\"tool_search_output\",\"call_id\":\"c\","
            + tools
            + "}]";
    for (String request : List.of(tools + ",\"input\":\"Hi\"", brought)) {
      HttpResponse<String> unbounded = respond(tenant, request);
      assertThat(unbounded.statusCode()).as(unbounded.body()).isEqualTo(400);
      assertThat(unbounded.body()).contains("web_search").contains("max_tool_calls");
      HttpResponse<String> bounded = respond(tenant, request + ",\"max_tool_calls\":2");
      assertThat(bounded.statusCode()).as(bounded.body()).isEqualTo(200);
    }
  }

  private HttpResponse<String> respond(Tenant tenant, String request) {
    return gateway.send(
        "POST",
        "/v1/responses",
        tenant.key(),
        "{\"model\":\"gpt-4.1\",\"max_output_tokens\":50," + request + "}");
  }

  @Test
  void throwsRateLimitThatIsNotToBeRetriedWhenTheBudgetIsGone() {
    Tenant poor = gateway.tenant(0L);
    assertThatExceptionOfType(RateLimitException.class)
        .isThrownBy(() -> client(poor).responses().create(say("Hello").build()))
        .matches(refused -> refused.code().orElse("").equals("organization_spend_limit_exceeded"))
        .matches(refused -> refused.headers().values("x-should-retry").equals(List.of("false")));
    assertThat(gateway.ledger(poor)).isEmpty();
  }

  @Test
  void isServedByACheaperModelWhenTheBudgetIsLow() {
    Tenant low = gateway.tenant(100L);
    OpenAIClient caller = client(low);
    // $0.85 of $1.00: the premium tier steps down.
    caller
        .responses()
        .create(
            say("Spend [[sim: input-tokens=0 output-tokens=1416666 overshoot=true]]")
                .maxOutputTokens(16)
                .build());
    try (HttpResponseFor<Response> raw =
        caller
            .responses()
            .withRawResponse()
            .create(
                ResponseCreateParams.builder()
                    .model("ultrabrain")
                    .maxOutputTokens(100)
                    .putAdditionalBodyProperty(
                        "reasoning", JsonValue.from(Map.of("effort", "minimal")))
                    .input("Hello")
                    .build())) {
      assertThat(raw.headers().values("x-tollgate-downgraded")).hasSize(1);
      String served = raw.headers().values("x-tollgate-model").getFirst();
      assertThat(served).isIn("gpt-5-mini", "gpt-4o-mini");
      JsonNode sent = lastSent();
      assertThat(sent.path("model").stringValue()).isEqualTo(served);
      assertThat(sent.has("max_completion_tokens")).isFalse();
      assertThat(sent.has("max_tokens")).isFalse();
      assertThat(sent.has("reasoning")).isEqualTo(served.equals("gpt-5-mini"));
    }
  }

  private JsonNode lastSent() {
    return new JsonMapper().readTree(gateway.simulator().requests().getLast().body().getBytes());
  }

  @Test
  void chargesAStreamThatIsCutByWhatWasDelivered() {
    assertThatThrownBy(
            () -> stream(say("Long [[sim: input-tokens=100 chunks=20 cut-after=12]]").build()))
        .isNotNull();
    JsonNode entry = gateway.ledger(tenant).path(0);
    assertThat(entry.path("status").stringValue()).isEqualTo("error");
    assertThat(entry.path("costNanos").asLong()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"500", "529"})
  void passesTheProvidersErrorAndChargesNothing(int status) {
    assertThatExceptionOfType(InternalServerException.class)
        .isThrownBy(
            () -> client.responses().create(say("Hi [[sim: status=" + status + "]]").build()))
        .matches(error -> error.statusCode() == status);
    assertThat(gateway.ledger(tenant).path(0).path("costNanos").asLong()).isZero();
  }

  @Test
  void refusesToAnswerInTheBackground() {
    assertThatExceptionOfType(BadRequestException.class)
        .isThrownBy(() -> client.responses().create(say("Hello").background(true).build()))
        .matches(refused -> refused.param().orElse("").equals("background"));
    assertThat(text(client.responses().create(say("Hello").background(false).build())))
        .isNotEmpty();
  }

  @Test
  void refusesAModelOfTheOtherWireFormat() {
    assertThatExceptionOfType(NotFoundException.class)
        .isThrownBy(
            () -> client.responses().create(say("Hello").model("claude-haiku-5-5").build()));
  }

  @Test
  void keepsResponsesForTheirOrganizationAlone() {
    Response made = client.responses().create(say("Remember").build());
    int entries = gateway.ledger(tenant).size();
    assertThat(client.responses().retrieve(made.id()).id()).isEqualTo(made.id());
    assertThat(client.responses().inputItems().list(made.id()).data()).hasSize(1);
    OpenAIClient stranger = client(gateway.tenant(100L));
    String another = refusal(stranger, made.id());
    assertThat(refusal(stranger, "resp_nobody").replace("resp_nobody", made.id()))
        .isEqualTo(another);
    assertThatExceptionOfType(NotFoundException.class)
        .isThrownBy(() -> stranger.responses().delete(made.id()));
    assertThat(client.responses().retrieve(made.id()).id()).isEqualTo(made.id());
    client.responses().delete(made.id());
    assertThatExceptionOfType(NotFoundException.class)
        .isThrownBy(() -> client.responses().retrieve(made.id()));
    assertThat(gateway.ledger(tenant).size()).as("free of charge").isEqualTo(entries);
  }

  private static String refusal(OpenAIClient caller, String id) {
    try {
      caller.responses().retrieve(id);
    } catch (NotFoundException refused) {
      return String.valueOf(refused.getMessage());
    }
    throw new AssertionError(id + " was given to a stranger");
  }

  @Test
  void takesNoPathForAnId() {
    for (String id : List.of("..%2Fmodels", "a%2Fb", "%20", "x".repeat(200))) {
      HttpResponse<String> answer = gateway.send("GET", "/v1/responses/" + id, tenant.key(), "");
      assertThat(answer.statusCode()).as(id).isEqualTo(404);
    }
  }

  @Test
  void previewsARequest() {
    HttpResponse<String> preview =
        gateway.send(
            "POST",
            "/v1/budget/preview",
            tenant.key(),
            "{\"dialect\":\"openai\",\"surface\":\"responses\",\"request\":"
                + "{\"model\":\"gpt-4o-mini\",\"max_output_tokens\":100,\"input\":\"hi\"}}");
    assertThat(preview.statusCode()).as(preview.body()).isEqualTo(200);
    assertThat(preview.body()).contains("\"decision\":\"served\"");
  }

  @Test
  void balancesAfterRandomCuts() throws InterruptedException {
    Random random = new Random(7);
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      int cut = random.nextInt(25);
      boolean streams = random.nextBoolean();
      callers.add(
          Thread.ofVirtual()
              .start(() ->
                  gateway.send(
                      "POST",
                      "/v1/responses",
                      tenant.key(),
                      "{\"model\":\"gpt-4o-mini\",\"max_output_tokens\":200,\"stream\":"
                          + streams
                          + ",\"input\":\"Cut [[sim: chunks=15 cut-after="
                          + cut
                          + " cut-bytes="
                          + cut * 40
                          + " cut=close]]\"}")));
    }
    for (Thread caller : callers) {
      caller.join();
    }
    assertThat(gateway.books().balanced()).isTrue();
  }
}
