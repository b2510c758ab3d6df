package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.HttpResponseFor;
import com.openai.errors.InternalServerException;
import com.openai.errors.RateLimitException;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.Embedding;
import com.openai.models.embeddings.EmbeddingCreateParams;
import dev.tollgate.bootstrap.TestGateway.Tenant;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Embeddings by OpenAI's own SDK, and by hand where it always asks for base64. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddingsIT {

  private static final String MODEL = "text-embedding-3-small";

  private TestGateway gateway;
  private Tenant tenant;
  private OpenAIClient client;

  @BeforeAll
  void start() {
    gateway = TestGateway.start();
    tenant = gateway.tenant(100_000L);
    client = client(tenant);
  }

  @AfterAll
  void stop() {
    client.close();
    gateway.close();
  }

  private OpenAIClient client(Tenant of) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(gateway.url() + "/v1")
        .apiKey(of.key())
        .maxRetries(0)
        .build();
  }

  private static EmbeddingCreateParams.Builder embed() {
    return EmbeddingCreateParams.builder().model(MODEL);
  }

  private JsonNode entry(String callId) {
    for (JsonNode item : gateway.ledger(tenant)) {
      if (item.path("callId").stringValue().equals(callId)) {
        return item;
      }
    }
    throw new AssertionError("the ledger has no entry of call " + callId);
  }

  @Test
  void answersAndTellsTheExactCost() {
    try (HttpResponseFor<CreateEmbeddingResponse> raw =
        client
            .embeddings()
            .withRawResponse()
            .create(embed().input("Hello [[sim: input-tokens=1000]]").build())) {
      CreateEmbeddingResponse answer = raw.parse();
      assertThat(answer.data().getFirst().embedding()).hasSize(1_536);
      assertThat(answer.usage().promptTokens()).isEqualTo(1_000);
      // 1,000 tokens at $0.02 a million.
      assertThat(raw.headers().values("x-tollgate-cost-usd")).containsExactly("0.00002");
      JsonNode entry = entry(raw.headers().values("x-tollgate-call-id").getFirst());
      assertThat(entry.path("costNanos").asLong()).isEqualTo(1_000 * 20L);
      assertThat(entry.path("modelServed").stringValue()).isEqualTo(MODEL);
      assertThat(entry.path("status").stringValue()).isEqualTo("ok");
    }
  }

  @Test
  void takesManyTextsAndTokens() {
    CreateEmbeddingResponse texts =
        client
            .embeddings()
            .create(embed().inputOfArrayOfStrings(List.of("one", "two", "three")).build());
    assertThat(texts.data()).extracting(Embedding::index).containsExactly(0L, 1L, 2L);
    CreateEmbeddingResponse tokens =
        client
            .embeddings()
            .create(
                embed()
                    .inputOfArrayOfTokenArrays(List.of(List.of(1L, 2L, 3L), List.of(4L)))
                    .build());
    assertThat(tokens.data()).hasSize(2);
    assertThat(tokens.usage().promptTokens()).isEqualTo(4);
  }

  @Test
  void passesNumbersAndBase64AsTheProviderWroteThem() {
    String body = "{\"model\":\"" + MODEL + "\",\"input\":\"same\",\"dimensions\":4%s}";
    JsonNode numbers = post(body.formatted("")).path("data").path(0).path("embedding");
    assertThat(numbers.isArray()).isTrue();
    assertThat(numbers).hasSize(4);
    JsonNode text =
        post(body.formatted(",\"encoding_format\":\"base64\""))
            .path("data")
            .path(0)
            .path("embedding");
    assertThat(text.stringValue()).hasSize(24);
  }

  private JsonNode post(String body) {
    HttpResponse<String> answer = gateway.send("POST", "/v1/embeddings", tenant.key(), body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonMapper().readTree(answer.body());
  }

  @Test
  void flowsWhereTheAnswerIsLongerThanIsHeld() {
    String[] inputs = new String[100];
    Arrays.setAll(inputs, i -> "input " + i);
    try (HttpResponseFor<CreateEmbeddingResponse> raw =
        client
            .embeddings()
            .withRawResponse()
            .create(
                embed()
                    .inputOfArrayOfStrings(List.of(inputs))
                    .encodingFormat(EmbeddingCreateParams.EncodingFormat.FLOAT)
                    .build())) {
      assertThat(raw.parse().data()).hasSize(100);
      assertThat(raw.headers().values("x-tollgate-cost-usd")).isEmpty();
      JsonNode entry = entry(raw.headers().values("x-tollgate-call-id").getFirst());
      assertThat(entry.path("costNanos").asLong())
          .isEqualTo(raw.parse().usage().promptTokens() * 20);
    }
  }

  @Test
  void refusesWhenTheBudgetIsGone() {
    Tenant poor = gateway.tenant(0L);
    assertThatExceptionOfType(RateLimitException.class)
        .isThrownBy(() -> client(poor).embeddings().create(embed().input("hi").build()));
    assertThat(gateway.ledger(poor)).isEmpty();
  }

  @Test
  void namesTheFieldThatIsMissing() {
    HttpResponse<String> refused =
        gateway.send("POST", "/v1/embeddings", tenant.key(), "{\"model\":\"" + MODEL + "\"}");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("\"param\":\"input\"");
  }

  @Test
  void passesTheProvidersErrorAndChargesNothing() {
    int before = gateway.ledger(tenant).size();
    assertThatExceptionOfType(InternalServerException.class)
        .isThrownBy(
            () -> client.embeddings().create(embed().input("Hi [[sim: status=500]]").build()));
    JsonNode ledger = gateway.ledger(tenant);
    assertThat(ledger.size()).isEqualTo(before + 1);
    assertThat(ledger.path(0).path("costNanos").asLong()).isZero();
  }
}
