package dev.tollgate.litellm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.litellm.LiteLlm.Export;
import dev.tollgate.litellm.Roster.Budget;
import dev.tollgate.litellm.Roster.Limits;
import dev.tollgate.litellm.Roster.Organization;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

class LiteLlmTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Limits NONE = new Limits(null, null, null);

  /** A catalogue of a few models. */
  private static final PriceList PRICES =
      new PriceList() {
        @Override
        public List<String> models(String vendor) {
          return switch (vendor) {
            case "anthropic" -> List.of("claude-sonnet-4-5", "claude-haiku-5-5");
            case "openai" -> List.of("gpt-4o", "gpt-4o-mini");
            case "groq" -> List.of("llama-3.3-70b");
            default -> List.of();
          };
        }

        @Override
        public @Nullable Priced find(String dialect, String model) {
          return models(dialect).contains(model) ? new Priced(dialect, model) : null;
        }
      };

  private static Carried whole() throws Exception {
    try (InputStream in = LiteLlmTest.class.getResourceAsStream("/litellm/config.yaml")) {
      return read(new YAMLMapper().readTree(Objects.requireNonNull(in)));
    }
  }

  private static Carried yaml(String text) {
    return read(new YAMLMapper().readTree(text));
  }

  private static Carried read(JsonNode configuration, Export... exports) {
    return LiteLlm.read(configuration, List.of(exports), PRICES, "prices.json");
  }

  private static List<String> lost(Carried carried) {
    return paths(carried, Finding.Kind.LOST);
  }

  private static List<String> paths(Carried carried, Finding.Kind kind) {
    return carried.findings().stream()
        .filter(finding -> finding.kind() == kind)
        .map(Finding::path)
        .toList();
  }

  @Test
  void writesProvidersAliasesAndFallbacks() throws Exception {
    assertThat(whole().configuration())
        .isEqualTo(
            """
            # Made by: tollgate import litellm. Every other key has its default;
            # tollgate config print shows them all.
            providers:
              - name: anthropic
                dialect: anthropic
                base-url: "https://api.anthropic.com"
                api-keys: ["${ANTHROPIC_API_KEY}"]
                first-byte-timeout: "600s"
              - name: groq
                dialect: openai
                base-url: "https://api.groq.com/openai/v1"
                api-keys: ["${GROQ_API_KEY}"]
                models: [llama-3.3-70b]
                first-byte-timeout: "600s"
              - name: openai
                dialect: openai
                base-url: "https://api.openai.com/v1"
                api-keys: ["${OPENAI_API_KEY}", "${OPENAI_API_KEY_EU}"]
                models: [gpt-4o]
                first-byte-timeout: "600s"
              - name: azure
                dialect: openai
                base-url: "${AZURE_API_BASE}"
                api-keys: ["${AZURE_API_KEY}"]
                azure:
                  api-version: "2024-10-21"
                models: [my-4o]
                aliases:
                  gpt-4o: my-4o
                first-byte-timeout: "600s"
              - name: anthropic-2
                dialect: anthropic
                base-url: "https://api.anthropic.com"
                api-keys: ["${ANTHROPIC_API_KEY_2}"]
                models: [claude-sonnet-4-5]
                aliases:
                  sonnet: claude-sonnet-4-5
                first-byte-timeout: "60s"
              - name: hosted-vllm
                dialect: openai
                base-url: "http://vllm.internal:8000/v1"
                api-keys: ["${HOSTED_VLLM_API_KEY}"]
                models: [llama3]
                aliases:
                  llama: llama3
                headers:
                  x-team: research
                  authorization: "${HOSTED_VLLM_AUTHORIZATION}"
                first-byte-timeout: "600s"
            aliases:
              best: sonnet
              hidden: llama
            routing:
              fallbacks:
                gpt-4o: [azure/my-4o, llama]
                sonnet: [gpt-4o]
              retries: 3
            redis:
              url: "redis://:${REDIS_PASSWORD}@${REDIS_HOST}:${REDIS_PORT}"
            spend:
              prices-overlay: prices.json
            """);
  }

  @Test
  void copiesNoSecret() throws Exception {
    assertThat(whole().toString())
        .doesNotContain("in-clear-text", "none-needed", "secret-of-a-header", "sk-master")
        .doesNotContain("llm:password");
  }

  @Test
  void listsWhatIsLostEachWithItsPlace() throws Exception {
    assertThat(lost(whole()))
        .containsExactlyInAnyOrder(
            "model_list[1].litellm_params.rpm",
            "model_list[7].model_name",
            "model_list[8].litellm_params.model",
            "model_list[9]",
            "model_list[10].model_name",
            "litellm_settings.fallbacks[0].sonnet",
            "litellm_settings.drop_params",
            "litellm_settings.context_window_fallbacks",
            "litellm_settings.max_budget",
            "router_settings.routing_strategy",
            "router_settings.model_group_alias.lost",
            "router_settings.model_group_alias.hidden.hidden",
            "router_settings.made_up_setting",
            "general_settings.master_key",
            "general_settings.database_url",
            "a_section_of_its_own");
  }

  @Test
  void takesPricesThatDeploymentsSay() throws Exception {
    assertThat(JSON.writeValueAsString(whole().prices()))
        .isEqualTo(
            "{\"vendors\":{\"litellm-openai\":{\"dialect\":\"openai\",\"models\":{"
                + "\"llama3\":{\"free\":true},"
                + "\"my-4o\":{\"prices\":[{\"input\":2.5,\"output\":10}]}}}}}");
  }

  @Test
  void notesModelsWithoutAPrice() {
    Carried carried =
        yaml("model_list: [{model_name: m, litellm_params: {model: openai/unheard-of}}]");
    assertThat(carried.findings())
        .anySatisfy(finding -> {
          assertThat(finding.kind()).isEqualTo(Finding.Kind.NOTE);
          assertThat(finding.why()).contains("unheard-of has no price");
        });
  }

  @Test
  void everySettingThatIsNotReadIsListed() {
    Carried carried =
        yaml(
            """
            general_settings: {new_one: 1, master_key: x}
            litellm_settings: {another: [a], callbacks: [otel]}
            router_settings: {third: {deep: 1}}
            model_list:
              - model_name: m
                litellm_params: {model: gpt-4o, fourth: 4, temperature: 0.1}
                model_info: {fifth: 5}
                sixth: 6
            """);
    assertThat(lost(carried))
        .contains(
            "general_settings.new_one",
            "litellm_settings.another",
            "litellm_settings.callbacks",
            "router_settings.third",
            "model_list[0].litellm_params.fourth",
            "model_list[0].litellm_params.temperature",
            "model_list[0].model_info.fifth",
            "model_list[0].sixth");
  }

  @ParameterizedTest
  @CsvSource({
    "openai/gpt-4o, openai, https://api.openai.com/v1",
    "gpt-4o-mini, openai, https://api.openai.com/v1",
    "o3-mini, openai, https://api.openai.com/v1",
    "claude-sonnet-4-5, anthropic, https://api.anthropic.com",
    "mistral/mistral-large, openai, https://api.mistral.ai/v1",
    "openrouter/meta/llama-3, openai, https://openrouter.ai/api/v1",
    "gemini/gemini-2.5-pro, openai, https://generativelanguage.googleapis.com/v1beta/openai",
    "ollama/llama3, openai, http://localhost:11434/v1"
  })
  void findsVendors(String model, String dialect, String baseUrl) {
    String text =
        yaml("model_list: [{model_name: m, litellm_params: {model: " + model + "}}]")
            .configuration();
    assertThat(text).contains("dialect: " + dialect, "base-url: \"" + baseUrl + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "anthropic/claude-x, https://proxy.example/v1/messages, https://proxy.example",
    "anthropic/claude-x, https://proxy.example/, https://proxy.example",
    "openai/x, https://proxy.example/v1/, https://proxy.example/v1",
    "azure/x, https://a.openai.azure.com/, https://a.openai.azure.com",
    "azure/x, https://a.openai.azure.com/openai/v1, https://a.openai.azure.com",
    "azure/x, https://a.openai.azure.com/openai/deployments/x, https://a.openai.azure.com",
    "ollama_chat/x, http://gpu:11434, http://gpu:11434/v1"
  })
  void readsAddressesAsTheirVendorsHaveThem(String model, String said, String baseUrl) {
    String text =
        yaml("model_list: [{model_name: m, litellm_params: {model: "
                + model
                + ", api_base: \""
                + said
                + "\"}}]")
            .configuration();
    assertThat(text).contains("base-url: \"" + baseUrl + "\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // The version that is said, and what is written.
        "- | azure: {}",
        "2025-03-01-preview | api-version: \"2025-03-01-preview\"",
        "2024-02-01 | api-version: \"2024-10-21\"",
        "2024-08-01-preview | api-version: \"2024-10-21\"",
        "preview | api-version: preview",
        "os.environ/AZURE_API_VERSION | api-version: \"${AZURE_API_VERSION}\"",
        "nonsense | azure: {}",
      })
  void readsTheVersionOfAzuresApi(@Nullable String version, String written) {
    Carried carried =
        yaml(
            "model_list: [{model_name: gpt-4o, litellm_params: {model: azure/gpt-4o"
                + (version == null ? "" : ", api_version: \"" + version + "\"")
                + "}}]");
    assertThat(carried.configuration()).contains(written);
    assertThat(carried.standIns()).containsEntry("AZURE_API_BASE", "https://provider.invalid");
    if (version != null && version.startsWith("os.")) {
      assertThat(carried.standIns()).containsEntry("AZURE_API_VERSION", "2024-10-21");
    }
  }

  @Test
  void namesTheModelsOfAzuresDeployments() {
    Carried carried =
        yaml(
            """
            model_list:
              - model_name: chat
                litellm_params: {model: azure/one, api_base: "https://a.openai.azure.com"}
                model_info: {base_model: azure/gpt-4o}
              - model_name: gpt-4o-mini
                litellm_params: {model: azure/two, api_base: "https://a.openai.azure.com"}
              - model_name: chat
                litellm_params: {model: azure/three, api_base: "https://a.openai.azure.com"}
                model_info: {base_model: gpt-4o}
            """);
    assertThat(carried.configuration())
        .contains(
            """
              - name: azure
                dialect: openai
                base-url: "https://a.openai.azure.com"
                api-keys: ["${AZURE_API_KEY}"]
                azure:
                  deployments:
                    gpt-4o: one
                    gpt-4o-mini: two
                models: [gpt-4o, gpt-4o-mini]
                aliases:
                  chat: gpt-4o
              - name: azure-2
                dialect: openai
                base-url: "https://a.openai.azure.com"
                api-keys: ["${AZURE_API_KEY}"]
                azure:
                  deployments:
                    gpt-4o: three
                models: [gpt-4o]
                aliases:
                  chat: gpt-4o
            """,
            "chat: [azure-2/gpt-4o]");
    assertThat(lost(carried)).isEmpty();
    assertThat(paths(carried, Finding.Kind.NOTE)).contains("model_list[1].litellm_params.model");
  }

  @Test
  void aModelsOwnNameMeansTheProviderThatClientsMeantByIt() {
    String azure =
        """
          - model_name: chat
            litellm_params: {model: azure/one, api_base: "https://a.openai.azure.com"}
            model_info: {base_model: gpt-4o}
        """;
    String openai =
        """
          - model_name: gpt-4o
            litellm_params: {model: openai/gpt-4o}
        """;
    for (String list : List.of(azure + openai, openai + azure)) {
      Carried carried = yaml("model_list:\n" + list);
      assertThat(carried.configuration())
          .containsSubsequence("- name: openai", "- name: azure", "chat: gpt-4o");
      assertThat(lost(carried)).isEmpty();
    }
  }

  @Test
  void tellsWhereNamesMeanProvidersCrosswise() {
    Carried carried =
        yaml(
            """
            model_list:
              - {model_name: gpt-4o, litellm_params: {model: openai/gpt-4o, api_base: "https://a/v1"}}
              - {model_name: x, litellm_params: {model: openai/gpt-4o-mini, api_base: "https://a/v1"}}
              - {model_name: gpt-4o-mini, litellm_params: {model: openai/gpt-4o-mini, api_base: "https://b/v1"}}
              - {model_name: y, litellm_params: {model: openai/gpt-4o, api_base: "https://b/v1"}}
            """);
    assertThat(lost(carried)).contains("model_list");
  }

  @Test
  void spreadsDeploymentsOfOneAddressOverTheirKeys() {
    Carried carried =
        yaml(
            """
            model_list:
              - model_name: gpt-4o
                litellm_params: {model: openai/gpt-4o, api_key: os.environ/ONE, timeout: 30}
              - model_name: gpt-4o
                litellm_params: {model: openai/gpt-4o, api_key: os.environ/TWO, timeout: 90}
              - model_name: gpt-4o
                litellm_params:
                  model: gpt-4o
                  custom_llm_provider: custom_openai
                  api_base: https://api.openai.com/v1
                  api_key: os.environ/THREE
                  timeout: 60
              - model_name: gpt-4o
                litellm_params:
                  model: openai/gpt-4o
                  api_base: https://elsewhere.example/v1
                  api_key: os.environ/FOUR
            """);
    assertThat(carried.configuration())
        .contains(
            """
                base-url: "https://api.openai.com/v1"
                api-keys: ["${ONE}", "${TWO}", "${THREE}"]
                models: [gpt-4o]
                first-byte-timeout: "90s"
            """,
            """
                base-url: "https://elsewhere.example/v1"
                api-keys: ["${FOUR}"]
            """,
            "gpt-4o: [openai-2/gpt-4o]");
    assertThat(carried.findings())
        .filteredOn(finding -> finding.path().equals("model_list[0], model_list[1], model_list[2]"))
        .extracting(Finding::why)
        .anySatisfy(why -> assertThat(why).contains("conversations are spread"))
        .anySatisfy(why -> assertThat(why).contains("the longest"));
  }

  @Test
  void theRoutersTimeGoesBeforeThatOfAllCalls() {
    Carried carried =
        yaml(
            """
            model_list: [{model_name: m, litellm_params: {model: openai/gpt-4o}}]
            router_settings: {timeout: 30}
            litellm_settings: {request_timeout: 600}
            """);
    assertThat(carried.configuration()).contains("first-byte-timeout: \"30s\"");
    assertThat(lost(carried)).isEmpty();
    assertThat(paths(carried, Finding.Kind.NOTE))
        .contains("router_settings.timeout", "litellm_settings.request_timeout");
    assertThat(
            yaml("""
            model_list: [{model_name: m, litellm_params: {model: openai/gpt-4o}}]
            litellm_settings: {request_timeout: 600}
            """)
                .configuration())
        .contains("first-byte-timeout: \"600s\"");
  }

  @Test
  void tellsOfEachVariableThatItThoughtOfItself() {
    Carried carried =
        yaml(
            """
            model_list:
              - {model_name: a, litellm_params: {model: openai/gpt-4o}}
              - {model_name: b, litellm_params: {model: openai/gpt-4o-mini}}
              - {model_name: c, litellm_params: {model: hosted_vllm/llama3, api_base: "http://gpu/v1"}}
              - {model_name: d, litellm_params: {model: azure/gpt-4o, api_key: os.environ/SAID}}
            """);
    assertThat(carried.configuration())
        .contains(
            "api-keys: [\"${OPENAI_API_KEY}\"]",
            "api-keys: [\"${HOSTED_VLLM_API_KEY:-none}\"]",
            "api-keys: [\"${SAID}\"]");
    assertThat(carried.findings())
        .filteredOn(finding -> finding.why().contains("environment variable"))
        .extracting(Finding::path)
        .containsExactly(
            "model_list[0].litellm_params.api_key",
            "model_list[2].litellm_params.api_key",
            "model_list[3].litellm_params.api_base");
  }

  @Test
  void noOtherModelStandsInForOneOfEmbeddings() {
    Carried carried =
        yaml(
            """
            model_list:
              - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
              - {model_name: spare, litellm_params: {model: openai/gpt-4o-mini}}
              - {model_name: vectors, litellm_params: {model: openai/text-embedding-3-small}}
              - {model_name: own, litellm_params: {model: openai/x}, model_info: {mode: embedding}}
              - {model_name: embedder, litellm_params: {model: openai/y}, model_info: {mode: chat}}
            litellm_settings: {default_fallbacks: [spare]}
            """);
    assertThat(carried.configuration())
        .contains(
            """
              fallbacks:
                chat: [spare]
                embedder: [spare]
            """);
    assertThat(carried.findings())
        .filteredOn(finding -> finding.path().equals("litellm_settings.default_fallbacks"))
        .singleElement()
        .satisfies(finding -> assertThat(finding.why()).endsWith(": vectors, own"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "just text", "5"})
  void refusesWhatIsNoConfiguration(String text) {
    assertThatThrownBy(() -> yaml(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesAnExportThatIsNone() {
    assertThatThrownBy(
            () -> read(JSON.readTree("{}"), new Export("x.json", JSON.readTree("{\"a\":1}"))))
        .hasMessageContaining("x.json is no answer of /key/list");
  }

  private static final String HASH = "0123456789abcdef".repeat(4);

  private static Carried roster(String config, String keys, String teams, String users) {
    return read(
        new YAMLMapper().readTree(config),
        new Export("keys.json", JSON.readTree("{\"keys\":" + keys + ",\"total_pages\":1}")),
        new Export("teams.json", JSON.readTree(teams)),
        new Export("users.json", JSON.readTree("{\"users\":" + users + "}")));
  }

  private static final String MODELS =
      """
      model_list:
        - {model_name: a, litellm_params: {model: gpt-4o}, model_info: {access_groups: [both]}}
        - {model_name: b, litellm_params: {model: gpt-4o-mini}, model_info: {access_groups: [both]}}
      """;

  @Test
  void teamsBecomeOrganizations() {
    Carried carried =
        roster(
            MODELS,
            """
            [{"token": "%s", "key_name": "sk-...9abc", "key_alias": "ci", "team_id": "t-1",
              "user_id": "u-1", "models": ["both"], "max_budget": 12.5, "budget_duration": "7d",
              "rpm_limit": 60, "tpm_limit": null, "max_parallel_requests": 4,
              "expires": "2999-01-02T03:04:05Z", "metadata": {}, "blocked": null,
              "allowed_routes": ["/v1/chat/completions", "/embeddings"], "created_at": "2026-01-01"}]
            """
                .formatted(HASH),
            """
            [{"team_id": "t-1", "team_alias": "Search", "max_budget": 100.0,
              "budget_duration": "1mo", "tpm_limit": 100000, "models": [], "blocked": false,
              "members_with_roles": [{"user_id": "u-1", "role": "user"},
                                     {"user_id": "u-2", "role": "admin"}],
              "team_memberships": [{"user_id": "u-2", "team_id": "t-1",
                "litellm_budget_table": {"max_budget": 5, "budget_duration": "1d"}}]}]
            """,
            """
            [{"user_id": "u-1", "user_email": "ann@example.com", "user_alias": "Ann"}]
            """);
    assertThat(carried.roster().organizations())
        .containsExactly(
            new Organization(
                "t-1",
                "Search",
                new Budget(10_000L, "month"),
                new Limits(null, 100_000L, null),
                List.of(
                    new Roster.User("u-1", "Ann", "ann@example.com", null, NONE),
                    new Roster.User("u-2", null, null, new Budget(500L, "day"), NONE)),
                List.of(
                    new Roster.Key(
                        "ci [0123456789ab]",
                        HASH,
                        "sk-...9abc",
                        "u-1",
                        Instant.parse("2999-01-02T03:04:05Z"),
                        new Budget(1_250L, "week"),
                        new Limits(60L, null, 4L),
                        List.of("a", "b"),
                        List.of("chat/completions", "embeddings")))));
    assertThat(lost(carried)).isEmpty();
  }

  @Test
  void keysWithoutATeamAreOneOrganizationThatHasTheBudgetOfTheProxy() {
    Carried carried =
        roster(
            MODELS + "litellm_settings: {max_budget: 20, budget_duration: 1d}\n",
            """
            [{"token": "sk-in-clear-text-as-it-was", "user_id": "u-1", "models": ["a"]},
             {"token": "%s", "user_id": "default_user_id"}]
            """
                .formatted(HASH),
            "[]",
            """
            [{"user_id": "u-1", "max_budget": 3, "models": ["a", "b"], "rpm_limit": 9,
              "user_role": "internal_user"}]
            """);
    Organization organization = carried.roster().organizations().getFirst();
    assertThat(organization.externalId()).isEqualTo("litellm:no-team");
    assertThat(organization.budget()).isEqualTo(new Budget(2_000L, "day"));
    assertThat(organization.users())
        .containsExactly(
            new Roster.User(
                "u-1", null, null, new Budget(300L, "manual"), new Limits(9L, null, null)));
    assertThat(organization.keys()).hasSize(2);
    assertThat(organization.keys().getFirst().sha256())
        .isEqualTo("fa8c06249f9e96dda04f95351c303c5a6e2e8f2cad279446d1d7e0b644993478");
    assertThat(organization.keys().getLast().userExternalId()).isNull();
    assertThat(carried.roster().toString()).doesNotContain("clear-text");
  }

  @ParameterizedTest
  @CsvSource({
    "'[\"a\"]', '[]', 'a'",
    "'[]', '[\"b\"]', 'b'",
    "'[\"a\", \"b\"]', '[\"b\"]', 'b'",
    "'[\"all-team-models\"]', '[\"both\"]', 'a b'",
    "'[\"openai/*\"]', '[\"openai/x\", \"c/y\"]', 'openai/x'",
    "'[\"openai/x\"]', '[\"openai/*\"]', 'openai/x'",
    "'[\"all-proxy-models\"]', '[\"all-proxy-models\"]', ''"
  })
  void aKeyMayUseWhatItAndItsTeamAllow(String ofKey, String ofTeam, String allowed) {
    Carried carried =
        roster(
            MODELS,
            "[{\"token\":\"%s\",\"team_id\":\"t\",\"models\":%s}]".formatted(HASH, ofKey),
            "[{\"team_id\":\"t\",\"models\":%s}]".formatted(ofTeam),
            "[]");
    List<String> models = carried.roster().organizations().getFirst().keys().getFirst().models();
    assertThat(models == null ? "" : String.join(" ", models)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "'\"blocked\": true', keys.json: keys[0].blocked",
    "'\"models\": [\"a\"]', keys.json: keys[0]",
    "'\"allowed_routes\": [\"management_routes\"]', keys.json: keys[0]",
    "'\"team_id\": \"other\"', keys.json: keys[0].team_id"
  })
  void aKeyThatCannotBeIsLeftOutAndListed(String field, String path) {
    Carried carried =
        roster(
            MODELS,
            "[{\"token\":\"%s\",\"team_id\":\"t\",%s}]".formatted(HASH, field),
            "[{\"team_id\":\"t\",\"models\":[\"b\"]}]",
            "[]");
    assertThat(carried.roster().organizations().getFirst().keys()).isEmpty();
    assertThat(lost(carried)).contains(path);
  }

  @ParameterizedTest
  @CsvSource({
    "1d, day",
    "24h, day",
    "7d, week",
    "1w, week",
    "30d, month",
    "1mo, month",
    "30s, manual",
    "12h, manual",
    "2mo, manual",
    "never, manual"
  })
  void windowsAreDaysWeeksAndMonths(String duration, String window) {
    Carried carried =
        roster(
            MODELS,
            "[]",
            "[{\"team_id\":\"t\",\"max_budget\":1,\"budget_duration\":\"" + duration + "\"}]",
            "[]");
    assertThat(carried.roster().organizations().getFirst().budget())
        .isEqualTo(new Budget(100L, window));
    assertThat(lost(carried).isEmpty()).isEqualTo(!window.equals("manual"));
  }

  @ParameterizedTest
  @CsvSource({"0.001, 1", "0.019, 1", "1.239, 123", "0, 0", "1000000001, "})
  void budgetsAreWholeCents(String dollars, @Nullable Long cents) {
    Carried carried =
        roster(MODELS, "[]", "[{\"team_id\":\"t\",\"max_budget\":" + dollars + "}]", "[]");
    assertThat(carried.roster().organizations().getFirst().budget().cents()).isEqualTo(cents);
  }

  @Test
  void rowsOfTheDatabaseAreListedFieldByField() {
    Carried carried =
        roster(
            MODELS,
            """
            [{"token": "%s", "team_id": "t", "metadata": {"a": 1}, "aliases": {"x": "y"},
              "soft_budget_cooldown": false, "spend": 0.5, "model_max_budget": {"a": 1},
              "rotation_count": 0, "brand_new": "field"}]
            """
                .formatted(HASH),
            """
            [{"team_id": "t", "organization_id": "o", "guardrails": ["g"], "spend": 2}]
            """,
            "[{\"user_id\": \"u\", \"user_role\": \"proxy_admin\", \"teams\": []}]");
    assertThat(lost(carried))
        .containsExactlyInAnyOrder(
            "keys.json: keys[0].metadata",
            "keys.json: keys[0].aliases",
            "keys.json: keys[0].model_max_budget",
            "keys.json: keys[0].brand_new",
            "teams.json[0].organization_id",
            "teams.json[0].guardrails",
            "*.spend");
    assertThat(paths(carried, Finding.Kind.NOTE)).contains("users.json: users[0].user_role");
  }
}
