package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.kernel.Secret;
import dev.tollgate.models.Azure;
import dev.tollgate.models.Dialect;
import dev.tollgate.models.ModelsConfig;
import dev.tollgate.models.ProviderConfig;
import dev.tollgate.models.ProviderConfig.ApiKey;
import dev.tollgate.models.ProviderConfig.OwnKeysPolicy;
import dev.tollgate.simulator.Recorded;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** OpenAI's SDK through the gateway to Azure OpenAI, in both forms of its API. */
class AzureIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String DATED = "2024-10-21";

  private final TestGateway gateway =
      TestGateway.start(wishes -> wishes.models(azure(wishes.models())));
  private final Tenant tenant = gateway.tenant(10_000L);
  private final OpenAIClient client =
      OpenAIOkHttpClient.builder()
          .baseUrl(gateway.url() + "/v1")
          .apiKey(tenant.key())
          .maxRetries(0)
          .build();

  private static ModelsConfig azure(ModelsConfig preset) {
    String base = preset.providers().getFirst().baseUrl().toString();
    return new ModelsConfig(
        List.of(
            provider(
                "classic",
                base,
                DATED,
                Map.of("gpt-4o", "our 4o", "text-embedding-3-small", "vectors")),
            provider("v1", base, null, Map.of("gpt-4o-mini", "our-mini"))),
        Map.of(),
        Map.of(),
        preset.routing(),
        preset.unboundedInput(),
        preset.learning(),
        preset.streamDuration(),
        preset.jsonDepth(),
        preset.disconnect(),
        preset.drainTimeout());
  }

  private static ProviderConfig provider(
      String name, String base, @Nullable String version, Map<String, String> deployments) {
    ProviderConfig plain =
        ProviderConfig.of(
            name,
            Dialect.OPENAI,
            URI.create(base),
            new Secret("sk-azure"),
            List.copyOf(deployments.keySet()));
    return new ProviderConfig(
        name,
        Dialect.OPENAI,
        plain.baseUrl(),
        List.of(new ApiKey(new Secret("sk-azure"), null)),
        plain.models(),
        Map.of(),
        Map.of(),
        plain.connectTimeout(),
        plain.firstByteTimeout(),
        plain.idleTimeout(),
        plain.connections(),
        OwnKeysPolicy.PREFER,
        new Azure(version, deployments));
  }

  @AfterEach
  void close() {
    client.close();
    gateway.close();
  }

  private static ChatCompletionCreateParams asks(String model, String say) {
    return ChatCompletionCreateParams.builder()
        .model(model)
        .maxCompletionTokens(16)
        .addUserMessage(say)
        .build();
  }

  private Recorded sent() {
    return gateway.simulator().requests().getLast();
  }

  private String modelSent() {
    return JSON.readTree(sent().body().getBytes()).path("model").stringValue();
  }

  @Test
  void addressesADeploymentInTheClassicForm() {
    ChatCompletion answer = client.chat().completions().create(asks("gpt-4o", "Hi"));
    assertThat(answer.choices().getFirst().message().content()).isPresent();
    assertThat(sent().path())
        .isEqualTo("/openai/deployments/our%204o/chat/completions?api-version=" + DATED);
    assertThat(sent().header("api-key")).isEqualTo("sk-azure");
    assertThat(sent().header("authorization")).isEmpty();
    assertThat(modelSent()).isEqualTo("our 4o");
    var entry = gateway.ledger(tenant).get(0);
    assertThat(entry.path("modelServed").stringValue())
        .as("priced by the model")
        .isEqualTo("gpt-4o");
    assertThat(entry.path("costNanos").asLong()).isPositive();
  }

  @Test
  void addressesTheNewerFormWithoutAVersion() {
    client.chat().completions().create(asks("gpt-4o-mini", "Hi"));
    assertThat(sent().path()).isEqualTo("/openai/v1/chat/completions");
    assertThat(sent().header("api-key")).isEqualTo("sk-azure");
    assertThat(modelSent()).isEqualTo("our-mini");
  }

  @Test
  void streamsWithTheFiltersVerdictAndWithoutUsageThatWasNotAskedFor() {
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(asks("gpt-4o", "Hi"))) {
      List<ChatCompletionChunk> chunks = stream.stream().toList();
      assertThat(chunks).noneMatch(chunk -> chunk.usage().isPresent());
    }
    for (boolean stream : new boolean[] {false, true}) {
      String raw =
          gateway
              .send(
                  "POST",
                  "/v1/chat/completions",
                  tenant.key(),
                  "{\"model\":\"gpt-4o\",\"max_tokens\":16,\"stream\":"
                      + stream
                      + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}")
              .body();
      assertThat(raw).contains("prompt_filter_results");
    }
    assertThat(gateway.ledger(tenant).get(0).path("costNanos").asLong()).isPositive();
  }

  @Test
  void keepsTheVersionThatIsConfiguredWhateverACallerAsksFor() {
    String body =
        "{\"model\":\"%s\",\"max_tokens\":16,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    String query = "?api-version=1999-01-01&a=1&API-Version=x&%61pi%2Dversion=y&b";
    gateway.send("POST", "/v1/chat/completions" + query, tenant.key(), body.formatted("gpt-4o"));
    assertThat(sent().path())
        .isEqualTo("/openai/deployments/our%204o/chat/completions?a=1&b&api-version=" + DATED);
    gateway.send(
        "POST", "/v1/chat/completions" + query, tenant.key(), body.formatted("gpt-4o-mini"));
    assertThat(sent().path()).isEqualTo("/openai/v1/chat/completions?a=1&b");
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-4o, /openai/responses, ?api-version=" + DATED,
    "gpt-4o-mini, /openai/v1/responses, ''"
  })
  void respondsAndKeepsTheResponse(String model, String address, String version) {
    for (boolean stream : new boolean[] {false, true}) {
      HttpResponse<String> made =
          gateway.send(
              "POST",
              "/v1/responses",
              tenant.key(),
              "{\"model\":\"%s\",\"stream\":%s,\"max_output_tokens\":16,\"input\":\"Hi\"}"
                  .formatted(model, stream));
      assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
      assertThat(sent().path()).isEqualTo(address + version);
      assertThat(sent().header("api-key")).isEqualTo("sk-azure");
      assertThat(modelSent()).isEqualTo(model.equals("gpt-4o") ? "our 4o" : "our-mini");
      Matcher id = Pattern.compile("\"id\"\\s*:\\s*\"(resp_[^\"]+)\"").matcher(made.body());
      assertThat(id.find()).as(made.body()).isTrue();
      HttpResponse<String> kept =
          gateway.send("GET", "/v1/responses/" + id.group(1), tenant.key(), "");
      assertThat(kept.statusCode()).as(kept.body()).isEqualTo(200);
      assertThat(kept.body()).contains(id.group(1));
      assertThat(sent().path()).isEqualTo(address + "/" + id.group(1) + version);
      assertThat(
              gateway
                  .send("GET", "/v1/responses/" + id.group(1), gateway.tenant(1L).key(), "")
                  .statusCode())
          .as("another's")
          .isEqualTo(404);
    }
    JsonNode entry = gateway.ledger(tenant).get(0);
    assertThat(entry.path("modelServed").stringValue()).isEqualTo(model);
    assertThat(entry.path("costNanos").asLong()).isPositive();
  }

  @Test
  void passesTheContentFiltersRefusalOn() {
    assertThatThrownBy(
            () -> client.chat().completions().create(asks("gpt-4o", "[[sim: status=400]]")))
        .isInstanceOfSatisfying(
            BadRequestException.class,
            refused -> {
              assertThat(refused.code()).hasValue("content_filter");
              assertThat(refused.body().toString()).contains("ResponsibleAIPolicyViolation");
            });
  }

  @Test
  void makesVectorsByADeployment() {
    client
        .embeddings()
        .create(
            EmbeddingCreateParams.builder().model("text-embedding-3-small").input("Hi").build());
    assertThat(sent().path())
        .isEqualTo("/openai/deployments/vectors/embeddings?api-version=" + DATED);
  }
}
