package dev.tollgate.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.TestGateway;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What keys, users and organizations may ask for, as an administrator sets it. */
@TestInstance(Lifecycle.PER_CLASS)
class KeyTermsIT {

  private static final JsonMapper JSON = new JsonMapper();

  private final TestGateway gateway = TestGateway.start();
  private String organization = "";

  @BeforeAll
  void anOrganization() {
    organization = "/admin/v1/organizations/" + gateway.tenant(null).id();
  }

  @AfterAll
  void close() {
    gateway.close();
  }

  @Test
  void aKeyIsMadeWithLimitsAndListsAndEachIsChangedAlone() {
    JsonNode key =
        made(
            "/keys",
            "{`name`:`k`,`limits`:{`requestsPerMinute`:60,`tokensPerMinute`:1000},"
                + "`allowedModels`:[`claude-haiku*`,`fast`],`allowedRoutes`:[`messages`]}");
    assertThat(key.path("limits").path("requestsPerMinute").longValue()).isEqualTo(60);
    assertThat(key.path("limits").path("concurrentStreams").isNull()).isTrue();
    assertThat(key.path("allowedModels")).isEqualTo(json("[`claude-haiku*`,`fast`]"));
    String one = "/keys/" + key.path("id").stringValue();

    JsonNode changed = patched(one, "{`limits`:{`tokensPerMinute`:null,`concurrentStreams`:3}}");
    assertThat(changed.path("limits"))
        .isEqualTo(json("{`requestsPerMinute`:60,`tokensPerMinute`:null,`concurrentStreams`:3}"));
    assertThat(changed.path("allowedRoutes")).isEqualTo(json("[`messages`]"));
    assertThat(changed.has("key")).as("shown once").isFalse();
    JsonNode open = patched(one, "{`limits`:null,`allowedModels`:null,`allowedRoutes`:null}");
    assertThat(open.path("limits").path("requestsPerMinute").isNull()).isTrue();
    assertThat(open.path("allowedModels").isNull()).isTrue();
    JsonNode listed = gateway.admin("GET", organization + "/keys", "", 200).path("items");
    assertThat(listed.valueStream()).contains(open);

    gateway.admin("DELETE", organization + one, "", 204);
    gateway.admin("PATCH", organization + one, "{}", 409);
  }

  @Test
  void usersAndOrganizationsHaveLimitsToo() {
    JsonNode user = made("/users", "{`name`:`u`,`limits`:{`requestsPerMinute`:5}}");
    String one = "/users/" + user.path("id").stringValue();
    patched(one, "{`limits`:{`tokensPerMinute`:7}}");
    JsonNode renamed = gateway.admin("PUT", organization + one, body("{`name`:`v`}"), 200);
    assertThat(renamed.path("limits"))
        .isEqualTo(json("{`requestsPerMinute`:5,`tokensPerMinute`:7,`concurrentStreams`:null}"));

    JsonNode whole = patched("", "{`name`:`limited`,`limits`:{`concurrentStreams`:9}}");
    assertThat(whole.path("name").stringValue()).isEqualTo("limited");
    JsonNode told = gateway.admin("GET", organization, "", 200);
    assertThat(told.path("limits").path("concurrentStreams").longValue()).isEqualTo(9);
    JsonNode audit =
        gateway.admin(
            "GET",
            "/admin/v1/audit?organizationId=" + organization.substring(organization.length() - 36),
            "",
            200);
    assertThat(audit.path("items").valueStream())
        .anySatisfy(entry -> {
          assertThat(entry.path("action").stringValue()).isEqualTo("organization.limit");
          assertThat(entry.toString()).contains("concurrentStreams");
        });
    patched("", "{`limits`:null}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{`limits`:{`requestsPerMinute`:0}}|limits.requestsPerMinute",
        "{`limits`:{`requestsPerMinute`:1.5}}|limits.requestsPerMinute",
        "{`limits`:{`tokensPerMinute`:`1`}}|limits.tokensPerMinute",
        "{`limits`:{`tokensPerMinute`:99999999999999999999}}|limits.tokensPerMinute",
        "{`limits`:{`concurrentStreams`:-1}}|limits.concurrentStreams",
        "{`limits`:{`rpm`:1}}|limits.rpm",
        "{`limits`:[]}|limits",
        "{`allowedModels`:[]}|allowedModels",
        "{`allowedModels`:[`a*b`]}|allowedModels",
        "{`allowedModels`:`a`}|allowedModels",
        "{`allowedModels`:[1]}|allowedModels",
        "{`allowedRoutes`:[`message`]}|allowedRoutes",
        "{`allowedRoutes`:[`/v1/messages`]}|allowedRoutes",
        "{`name`:`x`}|name",
      })
  void namesTheFieldThatIsWrong(String body, String field) {
    String key = made("/keys", "{`name`:`k`}").path("id").stringValue();
    JsonNode refused =
        gateway.admin("PATCH", organization + "/keys/" + key, body(body), 400).path("error");
    assertThat(refused.path("field").stringValue()).isEqualTo(field);
    assertThat(refused.path("message").stringValue()).contains(field);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/messages,true",
    "/v1/messages/count_tokens,true",
    "/v1/chat/completions,false",
    "/v1/embeddings,false",
    "/v1/models,false",
    "/v1/usage,true",
    "/mcp,false"
  })
  void aKeyUsesItsRoutesAlone(String path, boolean allowed) {
    String key =
        made("/keys", "{`name`:`k`,`allowedRoutes`:[`messages`,`usage`]}")
            .path("key")
            .stringValue();
    String method = path.equals("/v1/usage") || path.equals("/v1/models") ? "GET" : "POST";
    HttpResponse<String> answer = gateway.send(method, path, key, "not even JSON");
    if (allowed) {
      assertThat(answer.statusCode()).isNotEqualTo(403);
    } else {
      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(answer.body())
          .contains(path.replace("/v1/", "").replace("/mcp", "mcp"))
          .contains("messages, usage");
    }
  }

  @Test
  void aChangeOfRoutesHoldsAtOnce() {
    JsonNode made = made("/keys", "{`name`:`k`}");
    String key = made.path("key").stringValue();
    assertThat(gateway.send("GET", "/v1/models", key, "").statusCode()).isEqualTo(200);
    patched("/keys/" + made.path("id").stringValue(), "{`allowedRoutes`:[`messages`]}");
    HttpResponse<String> refused = gateway.send("GET", "/v1/models", key, "");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(JSON.readTree(refused.body()).path("error").path("message").stringValue())
        .isEqualTo("this key may not use the route models; it may use messages");
  }

  private JsonNode made(String path, String body) {
    return gateway.admin("POST", organization + path, body(body), 201);
  }

  private JsonNode patched(String path, String body) {
    return gateway.admin("PATCH", organization + path, body(body), 200);
  }

  private static String body(String text) {
    return text.replace('`', '"');
  }

  private static JsonNode json(String text) {
    return JSON.readTree(body(text));
  }
}
