package dev.tollgate.bootstrap;

import static dev.tollgate.testing.SdkPartners.ANTHROPIC;
import static dev.tollgate.testing.SdkPartners.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.TestGateway.Tenant;
import dev.tollgate.simulator.Recorded;
import dev.tollgate.testing.SdkPartners;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * The official TypeScript SDKs, unmodified but for their base URL and key, each with models of
 * either dialect.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIf("dev.tollgate.testing.SdkPartners#installed")
class SdkPartnersIT {

  private final TestGateway gateway = TestGateway.start();
  private final Tenant tenant = gateway.tenant(100_000L);

  @AfterAll
  void close() {
    gateway.close();
  }

  private List<JsonNode> run(SdkPartners sdk, String key, String calls) {
    return sdk.run(gateway.url(), key, "[" + calls.replace('\'', '"') + "]");
  }

  private JsonNode one(SdkPartners sdk, String call) {
    return run(sdk, tenant.key(), call).getFirst();
  }

  /** A question of some terms, by the method that asks it. */
  private static String asks(
      SdkPartners sdk, String method, String model, String say, String more) {
    String maximum = sdk == ANTHROPIC ? "max_tokens" : "max_completion_tokens";
    return ("{'call':'%s','params':{'model':'%s','%s':4000,"
            + "'messages':[{'role':'user','content':'%s'}]%s}}")
        .formatted(method, model, maximum, say, more);
  }

  private static String chat(SdkPartners sdk, String method) {
    return (sdk == ANTHROPIC ? "messages." : "chat.completions.") + method;
  }

  private static JsonNode result(JsonNode line) {
    assertThat(line.has("error")).as(line.toString()).isFalse();
    return line.path("result");
  }

  private JsonNode entry(JsonNode line) {
    String id = line.at("/headers/x-tollgate-call-id").stringValue();
    for (JsonNode item : gateway.ledger(tenant)) {
      if (item.path("callId").stringValue().equals(id)) {
        return item;
      }
    }
    throw new AssertionError("the ledger has no entry of " + line);
  }

  @ParameterizedTest
  @CsvSource({
    "claude-haiku-4-5, 1000, 5000",
    "gpt-4o-mini, 150, 600",
  })
  void anthropicsSdkReadsMessages(String model, long input, long output) {
    String say = "Hello [[sim: input-tokens=1000 output-tokens=500]]";
    List<JsonNode> lines =
        run(
            ANTHROPIC,
            tenant.key(),
            asks(ANTHROPIC, "messages.create", model, say, "")
                + ","
                + asks(ANTHROPIC, "messages.create", model, say, ",'stream':true")
                + ","
                + asks(ANTHROPIC, "messages.stream", model, say, ""));
    JsonNode whole = result(lines.getFirst());
    assertThat(lines.getFirst().at("/headers/request-id").stringValue("")).isNotEmpty();
    assertThat(whole.at("/content/0/text").stringValue()).startsWith("[simulated]");
    assertThat(whole.path("stop_reason").stringValue()).isEqualTo("end_turn");
    assertThat(whole.at("/usage/output_tokens").asLong()).isEqualTo(500);
    assertThat(lines.getFirst().at("/headers/x-tollgate-cost-usd").stringValue()).isNotEmpty();
    assertThat(
            lines
                .get(1)
                .path("events")
                .valueStream()
                .map(event -> event.path("type").stringValue()))
        .startsWith("message_start")
        .contains("content_block_delta")
        .endsWith("message_stop");
    JsonNode last = result(lines.get(2));
    assertThat(last.path("content")).isEqualTo(whole.path("content"));
    assertThat(last.at("/usage/output_tokens").asLong()).isEqualTo(500);
    for (JsonNode line : lines) {
      assertThat(entry(line).path("costNanos").asLong()).isEqualTo(1_000 * input + 500 * output);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-4o-mini, 150, 600",
    "claude-haiku-4-5, 1000, 5000",
  })
  void openAisSdkReadsChatCompletions(String model, long input, long output) {
    String say = "Hello [[sim: input-tokens=1000 output-tokens=500]]";
    String usage = ",'stream':true,'stream_options':{'include_usage':true}";
    List<JsonNode> lines =
        run(
            OPENAI,
            tenant.key(),
            asks(OPENAI, "chat.completions.create", model, say, "")
                + ","
                + asks(OPENAI, "chat.completions.create", model, say, usage)
                + ","
                + asks(OPENAI, "chat.completions.stream", model, say, ""));
    JsonNode whole = result(lines.getFirst());
    String text = whole.at("/choices/0/message/content").stringValue();
    assertThat(text).startsWith("[simulated]");
    assertThat(whole.at("/choices/0/finish_reason").stringValue()).isEqualTo("stop");
    assertThat(whole.at("/usage/prompt_tokens").asLong()).isEqualTo(1_000);
    List<JsonNode> chunks = lines.get(1).path("events").valueStream().toList();
    assertThat(chunks.getLast().at("/usage/completion_tokens").asLong()).isEqualTo(500);
    assertThat(chunks.getLast().path("choices")).isEmpty();
    assertThat(result(lines.get(2)).at("/choices/0/message/content").stringValue()).isEqualTo(text);
    for (JsonNode line : lines) {
      assertThat(entry(line).path("costNanos").asLong()).isEqualTo(1_000 * input + 500 * output);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"claude-haiku-4-5", "gpt-5"})
  void anthropicsSdkReadsThinking(String model) {
    String thinking = ",'thinking':{'type':'enabled','budget_tokens':2048}";
    for (String method : List.of("messages.create", "messages.stream")) {
      JsonNode message = result(one(ANTHROPIC, asks(ANTHROPIC, method, model, "Think", thinking)));
      assertThat(message.at("/usage/output_tokens_details/thinking_tokens").asLong())
          .as(message.toString())
          .isPositive();
      assertThat(
              message.path("content").valueStream().map(block -> block.path("type").stringValue()))
          .endsWith("text");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ANTHROPIC, claude-haiku-4-5, ",
    "ANTHROPIC, claude-haiku-4-5, ',\"stream\":true'",
    "ANTHROPIC, gpt-4o-mini, ",
    "ANTHROPIC, gpt-4o-mini, ',\"stream\":true'",
    "OPENAI, gpt-4o-mini, ",
    "OPENAI, gpt-4o-mini, ',\"stream\":true'",
    "OPENAI, claude-haiku-4-5, ",
    "OPENAI, claude-haiku-4-5, ',\"stream\":true'",
  })
  void theSdksOwnLoopOfToolsRuns(SdkPartners sdk, String model, String stream) {
    JsonNode line =
        one(sdk, asks(sdk, "tools", model, "Weather? [[tool]]", stream == null ? "" : stream));
    JsonNode answer = result(line);
    assertThat(line.path("asked")).as(line.toString()).hasSize(1);
    assertThat(line.at("/asked/0/city").isString()).isTrue();
    // Anthropic's first asks for a thread, and is told that there are none here.
    assertThat(line.path("fetches").asInt()).isEqualTo(sdk == ANTHROPIC ? 3 : 2);
    String text =
        sdk == ANTHROPIC
            ? answer.at("/content/0/text").stringValue()
            : answer.at("/choices/0/message/content").stringValue();
    assertThat(text).startsWith("[simulated]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"claude-haiku-4-5", "gpt-4o-mini"})
  void anthropicsSdkIsToldThatThereAreNoThreads(String model) {
    String asked =
        asks(ANTHROPIC, "beta.messages.create", model, "Hi", ",'thread':{'type':'create'}");
    int sent = gateway.simulator().requests().size();
    JsonNode line = one(ANTHROPIC, asked);
    assertThat(line.at("/error/class").stringValue("")).isEqualTo("ThreadUnsupportedRequestError");
    assertThat(line.at("/error/message").stringValue("")).contains("whole conversation");
    assertThat(gateway.simulator().requests()).hasSize(sent);
  }

  @ParameterizedTest
  @ValueSource(strings = {"create", "stream"})
  void openAisSdkGivesSignedThinkingBack(String method) {
    String schema = "{'type':'object','properties':{'city':{'type':'string'}},'required':['city']}";
    String asked =
        asks(
            OPENAI,
            "chat.completions." + method,
            "claude-haiku-4-5",
            "Weather? [[tool]] [[sim: reasoning-tokens=9]]",
            ",'reasoning_effort':'low','tools':[{'type':'function','function':"
                + "{'name':'weather','parameters':"
                + schema
                + "}}]");
    JsonNode line = one(OPENAI, asked.substring(0, asked.length() - 1) + ",'reply':'sunny'}");
    assertThat(result(line).at("/choices/0/message/content").stringValue(""))
        .startsWith("[simulated]");
    Recorded sent = gateway.simulator().requests().getLast();
    assertThat(sent.path()).isEqualTo("/v1/messages");
    assertThat(sent.body().toString())
        .containsPattern(
            "\"type\":\"thinking\"[^}]*\"signature\":\"c2ltdWxhdGVk[^}]*},\\{\"type\":\"tool_use\"");
  }

  @Test
  void openAisSdkReadsResponses() {
    String params = "'params':{'model':'gpt-4o-mini','input':'Hello'";
    List<JsonNode> lines =
        run(
            OPENAI,
            tenant.key(),
            "{'call':'responses.create',"
                + params
                + "}},"
                + "{'call':'responses.create',"
                + params
                + ",'stream':true}},"
                + "{'call':'responses.stream',"
                + params
                + "}}");
    String text = result(lines.getFirst()).path("output_text").stringValue();
    assertThat(text).startsWith("[simulated]");
    assertThat(
            lines
                .get(1)
                .path("events")
                .valueStream()
                .map(event -> event.path("type").stringValue()))
        .startsWith("response.created")
        .contains("response.output_text.delta")
        .endsWith("response.completed");
    assertThat(result(lines.get(2)).path("output_text").stringValue()).isEqualTo(text);
    lines.forEach(line -> assertThat(entry(line).path("status").stringValue()).isEqualTo("ok"));
  }

  @Test
  void openAisSdkReadsEmbeddings() {
    JsonNode line =
        one(
            OPENAI,
            "{'call':'embeddings.create','params':"
                + "{'model':'text-embedding-3-small','input':['one','two']}}");
    JsonNode data = result(line).path("data");
    assertThat(data).hasSize(2);
    assertThat(data.at("/1/embedding")).hasSize(1_536);
    assertThat(data.at("/1/embedding/0").isNumber()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void theSdkListsModelsOfBothDialects(SdkPartners sdk) {
    List<JsonNode> lines =
        run(
            sdk,
            tenant.key(),
            "{'call':'models.list','params':[]},{'call':'models.retrieve','params':['gpt-4o-mini']}");
    assertThat(
            lines
                .getFirst()
                .path("events")
                .valueStream()
                .map(model -> model.path("id").stringValue()))
        .contains("gpt-4o-mini", "claude-haiku-4-5", "auto");
    assertThat(result(lines.get(1)).path("id").stringValue()).isEqualTo("gpt-4o-mini");
  }

  @Test
  void anthropicsSdkCountsTokens() {
    JsonNode line =
        one(
            ANTHROPIC,
            "{'call':'messages.countTokens','params':{'model':'claude-haiku-4-5',"
                + "'messages':[{'role':'user','content':'How many?'}]}}");
    assertThat(result(line).path("input_tokens").asLong()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    // With another key, another model, or a field that there is not.
    "ANTHROPIC, claude-haiku-4-5, 401, AuthenticationError, authentication_error, ",
    "ANTHROPIC, claude-nobody, 404, NotFoundError, not_found_error, ",
    "ANTHROPIC, gpt-4o-mini, 400, BadRequestError, invalid_request_error, ",
    "OPENAI, gpt-4o-mini, 401, AuthenticationError, invalid_request_error, invalid_api_key",
    "OPENAI, gpt-nobody, 404, NotFoundError, invalid_request_error, model_not_found",
    "OPENAI, claude-haiku-4-5, 400, BadRequestError, invalid_request_error, ",
  })
  void theSdkThrowsItsOwnErrors(
      SdkPartners sdk, String model, int status, String name, String type, String code) {
    String more = status == 400 ? ",'unheard_of':true" : "";
    JsonNode line =
        run(
                sdk,
                status == 401 ? "tg_live_nobody" : tenant.key(),
                asks(sdk, chat(sdk, "create"), model, "Hello", more))
            .getFirst();
    JsonNode error = line.path("error");
    assertThat(error.path("class").stringValue("")).as(line.toString()).isEqualTo(name);
    assertThat(error.path("status").asInt()).isEqualTo(status);
    assertThat(error.path("type").stringValue("")).isEqualTo(type);
    if (code != null) {
      assertThat(error.path("code").stringValue("")).isEqualTo(code);
    }
    if (status == 400) {
      assertThat(error.path("message").stringValue("")).contains("unheard_of");
    }
    assertThat(error.path("requestID").stringValue("")).as("requestID").isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "ANTHROPIC, claude-haiku-4-5, billing_error",
    "ANTHROPIC, gpt-4o-mini, billing_error",
    "OPENAI, gpt-4o-mini, insufficient_quota",
    "OPENAI, claude-haiku-4-5, insufficient_quota",
  })
  void theSdkDoesNotAskAgainWhenTheBudgetIsGone(SdkPartners sdk, String model, String type) {
    String asked = asks(sdk, chat(sdk, "create"), model, "Hello [[sim: status=500]]", "");
    String twice = asked.substring(0, asked.length() - 1) + ",'retries':1}";
    JsonNode refused = run(sdk, gateway.tenant(0L).key(), twice).getFirst();
    assertThat(refused.at("/error/class").stringValue("")).isEqualTo("RateLimitError");
    assertThat(refused.at("/error/status").asInt()).isEqualTo(429);
    assertThat(refused.at("/error/type").stringValue("")).isEqualTo(type);
    assertThat(refused.at("/headers/x-tollgate-refusal").stringValue(""))
        .isEqualTo("budget_exhausted");
    assertThat(refused.path("fetches").asInt()).isEqualTo(1);
    // What may pass is asked for again.
    JsonNode failed = run(sdk, tenant.key(), twice).getFirst();
    assertThat(failed.at("/error/class").stringValue("")).isEqualTo("InternalServerError");
    assertThat(failed.path("fetches").asInt()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "ANTHROPIC, claude-haiku-4-5, rate_limit_error, anthropic-ratelimit-requests-limit",
    "OPENAI, gpt-4o-mini, requests, x-ratelimit-limit-requests",
  })
  void theSdkIsToldWhenToAskAgain(SdkPartners sdk, String model, String type, String limit) {
    String key =
        gateway
            .admin(
                "POST",
                "/admin/v1/organizations/" + tenant.id() + "/keys",
                "{\"name\":\"limited\",\"limits\":{\"requestsPerMinute\":1}}",
                201)
            .path("key")
            .stringValue();
    String asked = asks(sdk, chat(sdk, "create"), model, "Hello", "");
    List<JsonNode> lines = run(sdk, key, asked + "," + asked);
    result(lines.getFirst());
    assertThat(lines.getFirst().path("headers").path(limit).stringValue("")).isEqualTo("1");
    JsonNode refused = lines.getLast();
    assertThat(refused.at("/error/class").stringValue("")).isEqualTo("RateLimitError");
    assertThat(refused.at("/error/type").stringValue("")).isEqualTo(type);
    assertThat(refused.at("/headers/x-should-retry").stringValue("")).isEqualTo("true");
    assertThat(Integer.parseInt(refused.at("/headers/retry-after").stringValue("")))
        .isBetween(1, 64);
  }

  @ParameterizedTest
  @CsvSource({"ANTHROPIC, gpt-4o-mini", "OPENAI, claude-haiku-4-5"})
  void theSdkThrowsAnErrorInTheMiddleOfAStream(SdkPartners sdk, String model) {
    String say = "Hello [[sim: error-after=3 chunks=5]]";
    JsonNode line = one(sdk, asks(sdk, chat(sdk, "create"), model, say, ",'stream':true"));
    assertThat(line.at("/error/class").stringValue("")).as(line.toString()).endsWith("APIError");
  }
}
