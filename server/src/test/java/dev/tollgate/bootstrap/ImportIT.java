package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code tollgate import litellm}, from files to a gateway that works with them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImportIT {

  /** A key of LiteLLM's, which its clients go on to use. */
  private static final String OLD = "sk-0123456789abcdefghijkl";

  private static final String SMALL =
      """
      model_list:
        - model_name: haiku
          litellm_params: { model: anthropic/claude-haiku-5-5, api_key: os.environ/ANTHROPIC_API_KEY }
      """;

  private final TestGateway gateway = TestGateway.start();

  @TempDir private Path home;

  /** What a command said, and how it ended. */
  private record Said(int status, String out, String err) {}

  @AfterAll
  void close() {
    gateway.close();
  }

  private static Said run(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Main.run(new PrintWriter(out), new PrintWriter(err), words);
    return new Said(status, out.toString(), err.toString());
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(home.resolve(name), text);
  }

  private String whole() throws IOException {
    try (var in = ImportIT.class.getResourceAsStream("/litellm/config.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void whatIsWrittenIsWhatTheGatewayTakes() throws IOException {
    Path out = home.resolve("tollgate.yaml");
    Said said =
        run("import", "litellm", file("config.yaml", whole()).toString(), "--out", out.toString());
    assertThat(said.err()).isEmpty();
    assertThat(said.status()).isEqualTo(3);
    assertThat(said.out())
        .contains(
            "wrote " + out,
            "wrote " + home.resolve("tollgate-prices.json"),
            "Not carried:\n",
            "  model_list[1].litellm_params.rpm\n      providers have no limits of requests\n");

    Map<String, String> environment = new HashMap<>();
    for (String name :
        List.of(
            "ANTHROPIC_API_KEY",
            "ANTHROPIC_API_KEY_2",
            "GROQ_API_KEY",
            "OPENAI_API_KEY",
            "OPENAI_API_KEY_EU",
            "AZURE_API_KEY",
            "HOSTED_VLLM_API_KEY",
            "HOSTED_VLLM_AUTHORIZATION",
            "REDIS_PASSWORD")) {
      environment.put(name, "the-" + name);
    }
    environment.put("AZURE_API_BASE", "https://acme.openai.azure.com");
    environment.put("REDIS_HOST", "redis");
    environment.put("REDIS_PORT", "6379");
    assertThat(ConfigFile.load(out, environment))
        .isInstanceOfSatisfying(
            ConfigFile.Loaded.Good.class,
            good -> {
              assertThat(good.config().providers())
                  .extracting(ProviderSection::name)
                  .containsExactly(
                      "anthropic", "groq", "openai", "azure", "anthropic-2", "hosted-vllm");
              assertThat(good.config().spend().pricesOverlay())
                  .isEqualTo(home.resolve("tollgate-prices.json"));
            });
  }

  @Test
  void everythingCarriedIsStatusZeroAndTheFileAlone() throws IOException {
    Said said = run("import", "litellm", file("small.yaml", SMALL).toString());
    assertThat(said.status()).as(said.err()).isZero();
    assertThat(said.out()).startsWith("# Made by").contains("haiku: claude-haiku-5-5");
    assertThat(said.err()).isEqualTo("everything was carried\n");
  }

  @Test
  void aServerWithoutAKeyNeedsNoVariable() throws IOException {
    Path out = home.resolve("keyless.yaml");
    Path config =
        file(
            "no-key.yaml",
            """
            model_list:
              - model_name: llama
                litellm_params: { model: hosted_vllm/llama3, api_base: "http://127.0.0.1:8000/v1" }
            """);
    Said said = run("import", "litellm", config.toString(), "--out", out.toString());
    assertThat(said.status()).as(said.err()).isZero();
    assertThat(said.out()).contains("HOSTED_VLLM_API_KEY");
    assertThat(ConfigFile.load(out, Map.of())).isInstanceOf(ConfigFile.Loaded.Good.class);
  }

  @Test
  void anchorsAndMergedKeysAreThoseOfPython() throws IOException {
    Path config =
        file(
            "anchors.yaml",
            """
            shared: &shared { api_key: os.environ/KEY, api_base: "https://one.example/v1" }
            model_list:
              - model_name: a
                litellm_params: { <<: *shared, model: openai/a, api_base: "https://two.example/v1" }
              - model_name: b
                litellm_params: { model: openai/b, <<: *shared }
            """);
    assertThat(run("import", "litellm", config.toString()).out())
        .contains("https://one.example/v1", "https://two.example/v1")
        .doesNotContain("*shared")
        .containsOnlyOnce("models: [a]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1, 2]", "{ not: yaml", "model_list: &a [*a]"})
  void unusableInputIsStatusTwo(String text) throws IOException {
    Said said = run("import", "litellm", file("bad.yaml", text).toString());
    assertThat(said.status()).isEqualTo(2);
    assertThat(said.err()).startsWith("tollgate: ").doesNotContain("\tat ");
    assertThat(said.out()).isEmpty();
  }

  @Test
  void aFileThatDiffersIsNotWrittenOver() throws IOException {
    Path config = file("small.yaml", SMALL);
    Path out = file("mine.yaml", "listen: { port: 1 }\n");
    String[] words = {"import", "litellm", config.toString(), "--out", out.toString()};
    assertThat(run(words))
        .satisfies(said -> {
          assertThat(said.status()).isEqualTo(2);
          assertThat(said.err()).contains("--force");
        });
    assertThat(out).hasContent("listen: { port: 1 }");
    assertThat(run(with(words, "--force")).status()).isZero();
    assertThat(run(words).status()).as("the same again").isZero();
    assertThat(out).content().contains("providers:");
  }

  private static String[] with(String[] words, String... more) {
    return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
  }

  private static String sha256(String text) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private String[] applying(String team, String key) throws Exception {
    Path config = file("small.yaml", SMALL);
    Path keys =
        file(
            team + "-keys.json",
            """
            {"keys": [{"token": "%s", "key_name": "sk-...ijkl", "key_alias": "ci", "team_id": "%s",
              "user_id": "u-1", "max_budget": 2, "budget_duration": "1d", "rpm_limit": 100,
              "models": ["haiku", "fast"], "expires": "2999-01-01T00:00:00+00:00"}]}
            """
                .formatted(sha256(key), team));
    Path teams =
        file(
            team + "-teams.json",
            """
            [{"team_id": "%s", "team_alias": "Search", "max_budget": 50, "budget_duration": "30d",
              "tpm_limit": 1000000}]
            """
                .formatted(team));
    Path users =
        file(
            "users.json", "{\"users\": [{\"user_id\": \"u-1\", \"user_email\": \"a@b.example\"}]}");
    return new String[] {
      "import",
      "litellm",
      config.toString(),
      "--out",
      home.resolve("tollgate.yaml").toString(),
      "--keys",
      keys.toString(),
      "--keys",
      teams.toString(),
      "--keys",
      users.toString(),
      "--apply",
      "--secrets",
      home.resolve("new-keys.csv").toString(),
      "--url",
      gateway.url(),
      "--admin-key",
      TestGateway.ADMIN_KEY
    };
  }

  @Test
  void clientsGoOnWithTheKeysThatTheyHave() throws Exception {
    String body =
        "{\"model\":\"fast\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    assertThat(gateway.send("POST", "/v1/messages", OLD, body).statusCode()).isEqualTo(401);
    Said said = run(applying("team-1", OLD));
    assertThat(said.err()).isEmpty();
    assertThat(said.status()).as(said.out()).isZero();
    assertThat(said.out())
        .contains("organizations: 1", "new users: 1", "keys that go on as they are: 1");
    assertThat(home.resolve("new-keys.csv")).doesNotExist();

    await()
        .untilAsserted(() ->
            assertThat(gateway.send("POST", "/v1/messages", OLD, body).statusCode())
                .isEqualTo(200));

    String one = "/organizations/" + organization("team-1").path("id").stringValue();
    JsonNode budget = admin(one + "/budget");
    assertThat(budget.path("monthlyBudgetCents").asInt()).isEqualTo(5_000);
    assertThat(budget.path("window").asString()).isEqualTo("month");
    JsonNode key = admin(one + "/keys").path("items").get(0);
    assertThat(key.path("name").asString()).startsWith("ci [");
    assertThat(key.path("prefix").asString()).isEqualTo("sk-...ijkl");
    assertThat(key.path("expiresAt").asString()).isEqualTo("2999-01-01T00:00:00Z");
    assertThat(key.path("limits").path("requestsPerMinute").asInt()).isEqualTo(100);
    assertThat(key.path("allowedModels").toString()).isEqualTo("[\"haiku\",\"fast\"]");
    assertThat(admin(one).path("limits").path("tokensPerMinute").asInt()).isEqualTo(1_000_000);
    JsonNode ofKey = admin(one + "/keys/" + key.path("id").asString() + "/budget");
    assertThat(ofKey.path("budgetCents").asInt()).isEqualTo(200);
    assertThat(ofKey.path("window").asString()).isEqualTo("day");
    JsonNode user = admin(one + "/users").path("items").get(0);
    assertThat(user.path("externalId").asString()).isEqualTo("u-1");
    assertThat(user.path("email").asString()).isEqualTo("a@b.example");
    assertThat(key.path("userId")).isEqualTo(user.path("id"));
  }

  @Test
  void aSecondRunMakesNothingTwice() throws Exception {
    String[] words = applying("team-2", "sk-of-the-second-team-0001");
    assertThat(run(words).status()).isZero();
    Said again = run(words);
    assertThat(again.status()).as(again.out()).isZero();
    assertThat(again.out()).doesNotContain("new users", "keys that");
    String one = "/organizations/" + organization("team-2").path("id").stringValue();
    assertThat(admin(one + "/users").path("items")).hasSize(1);
    assertThat(admin(one + "/keys").path("items")).hasSize(1);
  }

  @Test
  void aSecondRunSetsWhatTheExportSays() throws Exception {
    String[] words = applying("team-8", "sk-of-the-eighth-team-0001");
    assertThat(run(words).status()).isZero();
    Path export = home.resolve("team-8-keys.json");
    Files.writeString(
        export,
        Files.readString(export)
            .replace("\"rpm_limit\": 100", "\"tpm_limit\": 7")
            .replace("\"max_budget\": 2", "\"max_budget\": 3")
            .replace("\"haiku\", ", ""));
    Said again = run(words);
    assertThat(again.status()).as(again.out()).isZero();

    String keys = "/organizations/" + organization("team-8").path("id").stringValue() + "/keys";
    JsonNode key = admin(keys).path("items").get(0);
    assertThat(key.path("allowedModels").toString()).isEqualTo("[\"fast\"]");
    assertThat(key.path("limits").path("tokensPerMinute").asInt()).isEqualTo(7);
    assertThat(key.path("limits").path("requestsPerMinute").asInt())
        .as("what the export has no more stays")
        .isEqualTo(100);
    JsonNode budget = admin(keys + "/" + key.path("id").asString() + "/budget");
    assertThat(budget.path("budgetCents").asInt()).isEqualTo(300);
  }

  @Test
  void newKeysAreToldOnceInAFileForTheirOwner() throws Exception {
    String[] words = with(applying("team-3", "sk-of-the-third-team-00001"), "--new-keys");
    Path secrets = home.resolve("new-keys.csv");
    Files.writeString(secrets, "organization,name,id,key\n");
    Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rw-r--r--"));
    Said said = run(words);
    assertThat(said.status()).as(said.out()).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secrets)))
        .isEqualTo("rw-------");
    List<String> lines = Files.readAllLines(secrets);
    assertThat(lines).hasSize(2).first().isEqualTo("organization,name,id,key");
    String key = lines.getLast().replaceAll(".*\"(tg_live_[^\"]*)\"$", "$1");
    assertThat(said.out()).doesNotContain(key);
    assertThat(gateway.send("GET", "/v1/usage", key, "").statusCode()).isEqualTo(200);
    run(words);
    assertThat(Files.readAllLines(secrets)).isEqualTo(lines);
  }

  @Test
  void whatTheGatewayRefusesIsListedAndTheRestIsMade() throws Exception {
    run(applying("team-4", "sk-of-the-fourth-team-0001"));
    Said said = run(applying("team-5", "sk-of-the-fourth-team-0001"));
    assertThat(said.status()).isEqualTo(3);
    assertThat(said.out()).contains("Search: key ci [", "this key is known already");
    assertThat(organization("team-5").path("name").asString()).isEqualTo("Search");
  }

  @Test
  void anAdministratorsKeyIsNotTakenOver() throws Exception {
    Said said = run(applying("team-6", TestGateway.ADMIN_KEY));
    assertThat(said.status()).isEqualTo(3);
    assertThat(said.out()).contains("this key is known already");
    assertThat(admin("/organizations?limit=1").path("items")).hasSize(1);
  }

  @Test
  void whereNobodyAnswersNothingIsHalfSaid() throws Exception {
    String[] words = applying("team-7", "sk-of-the-seventh-team-001");
    words[Arrays.asList(words).indexOf("--url") + 1] = "http://127.0.0.1:1";
    Said said = run(words);
    assertThat(said.status()).isEqualTo(1);
    assertThat(said.err()).contains("nothing answers at http://127.0.0.1:1").hasLineCount(1);
  }

  private JsonNode admin(String path) {
    return gateway.admin("GET", "/admin/v1" + path, "", 200);
  }

  private JsonNode organization(String externalId) {
    List<JsonNode> found = new ArrayList<>();
    admin("/organizations?limit=1000")
        .path("items")
        .forEach(each -> {
          if (externalId.equals(each.path("externalId").asString(""))) {
            found.add(each);
          }
        });
    assertThat(found).hasSize(1);
    return found.getFirst();
  }
}
