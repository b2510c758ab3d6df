package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandLineIT {

  private static final JsonMapper JSON = new JsonMapper();

  private final TestGateway gateway = TestGateway.start();

  /** What a command said, and how it ended. */
  private record Said(int status, String out, String err) {}

  @BeforeAll
  void anOrganizationToWorkWith() {
    assertThat(
            administer(
                    "organization",
                    "create",
                    "Acme Ltd",
                    "--external-id",
                    "acme",
                    "--budget-cents",
                    "500")
                .status())
        .isZero();
  }

  @AfterAll
  void close() {
    gateway.close();
  }

  @Test
  void organizationsAreFoundByAnyOfTheirNames() {
    JsonNode byExternalId = json("organization", "show", "acme");
    String id = byExternalId.path("id").asString();
    assertThat(json("organization", "show", "Acme Ltd")).isEqualTo(byExternalId);
    assertThat(json("organization", "show", id)).isEqualTo(byExternalId);
    assertThat(administer("organization", "list").out())
        .startsWith("id ")
        .containsPattern(id + " +Acme Ltd +acme ");
  }

  @Test
  void anOrganizationIsPutRenamedAndDeleted() {
    json("organization", "put", "initech", "--name", "Initech", "--budget-cents", "unlimited");
    JsonNode again =
        json("organization", "put", "initech", "--name", "Initech", "--budget-cents", "0");
    assertThat(again.path("monthlyBudgetCents").asInt()).isZero();
    assertThat(json("organization", "rename", "initech", "--name", "Inc").path("name").asString())
        .isEqualTo("Inc");
    assertThat(administer("organization", "delete", "Inc").out()).isEqualTo("deleted Inc\n");
    Said gone = administer("organization", "show", "initech");
    assertThat(gone.status()).isEqualTo(1);
    assertThat(gone.err())
        .isEqualTo("tollgate: no organization has the id, external id or name initech\n");
  }

  @Test
  void anOrganizationIsMadeWithItsWindowAndNotTwice() {
    String id =
        json("organization", "create", "Hooli", "--budget-cents", "700", "--window", "month")
            .path("id")
            .asString();
    JsonNode budget = json("budget", "show", "--organization", "Hooli");
    assertThat(budget.path("window").asString()).isEqualTo("month");
    assertThat(budget.path("monthlyBudgetCents").asInt()).isEqualTo(700);
    Said again = administer("organization", "create", "Hooli", "--budget-cents", "1");
    assertThat(again.status()).isEqualTo(1);
    assertThat(again.err()).contains("there is an organization Hooli already");
    assertThat(json("organization", "show", "Hooli").path("id").asString()).isEqualTo(id);
  }

  @Test
  void usersComeAndGo() {
    JsonNode user = json("user", "create", "--organization", "acme", "--email", "a@b.example");
    String id = user.path("id").asString();
    json("user", "update", id, "--organization", "acme", "--name", "Ann");
    JsonNode shown = json("user", "show", id, "--organization", "acme");
    assertThat(shown.path("name").asString()).isEqualTo("Ann");
    assertThat(shown.path("email").isNull()).isTrue();
    assertThat(administer("user", "list", "--organization", "acme").out()).contains(id);
    assertThat(administer("user", "delete", id, "--organization", "acme").status()).isZero();
    assertThat(json("user", "list", "--organization", "acme")).isEmpty();
  }

  @Test
  void aKeyIsShownOnceAndRevoked() {
    JsonNode key =
        json("key", "create", "--organization", "acme", "--name", "ci", "--project", "nightly");
    String id = key.path("id").asString();
    assertThat(key.path("key").asString()).startsWith("tg_live_");
    Said listed = administer("key", "list", "--organization", "acme");
    assertThat(listed.out()).contains(id).doesNotContain(key.path("key").asString());
    assertThat(administer("key", "revoke", id, "--organization", "acme").out())
        .isEqualTo("revoked " + id + "\n");
  }

  @Test
  void aProviderKeyIsKeptUsedAndRemoved(@TempDir Path directory) throws IOException {
    String tenant =
        json("key", "create", "--organization", "acme", "--name", "caller").path("key").asString();
    Path file = directory.resolve("key.txt");
    Files.writeString(file, "sk-of-acme\n");
    Said kept =
        administer(
            "provider-key",
            "add",
            "--organization",
            "acme",
            "--provider",
            "anthropic",
            "--account",
            "main",
            "--key-file",
            file.toString(),
            "--json");
    assertThat(kept.status()).as(kept.err()).isZero();
    assertThat(kept.out()).doesNotContain("sk-of-acme");
    JsonNode key = JSON.readTree(kept.out());
    String id = key.path("id").asString();
    assertThat(keySeen(tenant)).isEqualTo("sk-of-acme");
    assertThat(administer("provider-key", "list", "--organization", "acme").out())
        .containsPattern(id + " +anthropic +" + key.path("fingerprint").asString() + " +main ")
        .doesNotContain("sk-of-acme");
    Said again =
        administer(
            "provider-key",
            "add",
            "--organization",
            "acme",
            "--provider",
            "anthropic",
            "--key-file",
            file.toString());
    assertThat(again.status()).isEqualTo(1);
    assertThat(again.err()).contains("has this key for anthropic already").hasLineCount(1);
    assertThat(administer("provider-key", "remove", id, "--organization", "acme").out())
        .isEqualTo("removed " + id + "\n");
    JsonNode listed = json("provider-key", "list", "--organization", "acme").get(0);
    assertThat(listed.path("revokedAt").asString()).isNotBlank();
    assertThat(keySeen(tenant)).isEqualTo("sk-up");
    Said unknown =
        administer(
            "provider-key",
            "add",
            "--organization",
            "acme",
            "--provider",
            "gemini",
            "--key-file",
            file.toString());
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.err()).contains("no provider is named gemini").hasLineCount(1);
  }

  /** The key that a call goes to the provider with. */
  private String keySeen(String caller) {
    HttpResponse<String> answer =
        gateway.send(
            "POST",
            "/v1/messages",
            caller,
            "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":16,\"messages\":[{\"role\":\"user\","
                + "\"content\":\"hi\"}]}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return gateway.simulator().requests().getLast().header("x-api-key");
  }

  @Test
  void limitsAreSetAndTakenAway() {
    JsonNode key =
        json(
            "key",
            "create",
            "--organization",
            "acme",
            "--name",
            "limited",
            "--rpm",
            "60",
            "--tpm",
            "10000",
            "--streams",
            "2",
            "--allow-model",
            "quick",
            "--allow-model",
            "claude-sonnet-*",
            "--allow-route",
            "messages");
    assertThat(key.path("limits").toString())
        .isEqualTo("{\"requestsPerMinute\":60,\"tokensPerMinute\":10000,\"concurrentStreams\":2}");
    assertThat(key.path("allowedModels")).hasSize(2);
    JsonNode changed =
        json(
            "key",
            "limit",
            key.path("id").asString(),
            "--organization",
            "acme",
            "--rpm",
            "none",
            "--allow-model",
            "all");
    assertThat(changed.path("limits").path("requestsPerMinute").isNull()).isTrue();
    assertThat(changed.path("limits").path("tokensPerMinute").longValue()).isEqualTo(10_000);
    assertThat(changed.path("allowedModels").isNull()).isTrue();
    assertThat(changed.path("allowedRoutes")).hasSize(1);
    JsonNode user = json("user", "create", "--organization", "acme", "--name", "Ann", "--rpm", "5");
    json("user", "limit", user.path("id").asString(), "--organization", "acme", "--tpm", "6");
    JsonNode shown = json("user", "show", user.path("id").asString(), "--organization", "acme");
    assertThat(shown.path("limits").path("requestsPerMinute").longValue()).isEqualTo(5);
    assertThat(shown.path("limits").path("tokensPerMinute").longValue()).isEqualTo(6);
    json("user", "delete", user.path("id").asString(), "--organization", "acme");
    JsonNode organization = json("organization", "limit", "acme", "--streams", "9");
    assertThat(organization.path("limits").path("concurrentStreams").longValue()).isEqualTo(9);
    json("organization", "limit", "acme", "--streams", "none");
    assertThat(administer("key", "limit", "x", "--rpm", "many").status()).isEqualTo(2);
  }

  @Test
  void aBudgetIsSetAndReset() {
    administer("organization", "create", "Budgeted", "--budget-cents", "100");
    administer(
        "budget", "set", "--organization", "Budgeted", "--budget-cents", "700", "--ladder", "off");
    JsonNode shown = json("budget", "show", "--organization", "Budgeted");
    assertThat(shown.path("monthlyBudgetCents").asInt()).isEqualTo(700);
    assertThat(shown.path("ladder").asString()).isEqualTo("off");
    JsonNode reset = json("budget", "reset", "--organization", "Budgeted", "--reason", "a test");
    assertThat(reset.path("windowNumber").asInt())
        .isEqualTo(shown.path("windowNumber").asInt() + 1);
  }

  @Test
  void aPartOfAnOrganizationGetsABudget() {
    administer("organization", "create", "Parted", "--budget-cents", "100");
    administer(
        "budget",
        "set",
        "--organization",
        "Parted",
        "--budget-cents",
        "100",
        "--time-zone",
        "Europe/Berlin");
    String[] project = {"--organization", "Parted", "--project", "night shift"};
    JsonNode set = json(with(project, "budget", "set", "--budget-cents", "70", "--window", "week"));
    assertThat(set.path("window").asString()).isEqualTo("week");
    assertThat(set.path("timeZone").asString()).isEqualTo("Europe/Berlin");
    assertThat(json(with(project, "budget", "show"))).isEqualTo(set);
    assertThat(administer("budget", "list", "--organization", "Parted").out())
        .contains("night shift", "week");
    assertThat(administer(with(project, "budget", "remove")).out()).isEqualTo("removed\n");
    assertThat(administer("budget", "remove", "--organization", "Parted").err()).contains("--user");
    assertThat(administer(with(project, "budget", "show", "--user", "x")).err()).contains("one of");
    assertThat(administer(with(project, "budget", "show")).status()).isEqualTo(1);
  }

  private static String[] with(String[] more, String... words) {
    return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void aRefusalIsTheGatewaysOwnWords() {
    Said twice =
        administer(
            "organization", "create", "Other", "--external-id", "acme", "--budget-cents", "1");
    assertThat(twice.status()).isEqualTo(1);
    assertThat(twice.err()).startsWith("tollgate: ").contains("externalId").hasLineCount(1);
    Said stranger =
        run("organization", "list", "--url", gateway.url(), "--admin-key", "not-a-key-of-anybody");
    assertThat(stranger.status()).isEqualTo(1);
    assertThat(stranger.err()).hasLineCount(1);
  }

  @Test
  void misuseIsALineAndStatusTwo() {
    for (String[] words :
        List.of(
            new String[] {"organization", "create", "NoBudget"},
            new String[] {"organization", "create", "X", "--budget-cents", "many"},
            new String[] {"organisation", "list"},
            new String[] {"serve", "--prot", "80"})) {
      Said said = run(words);
      assertThat(said.status()).as(String.join(" ", words)).isEqualTo(2);
      assertThat(said.err()).startsWith("tollgate: ").doesNotContain("Exception", "\tat ");
    }
  }

  @Test
  void theSimulatorTakesItsOwnOptions() {
    assertThat(run("simulator", "--help").status()).isZero();
    Said said = run("simulator", "--port", "none");
    assertThat(said.err()).isEmpty();
    assertThat(said.status()).isEqualTo(2);
  }

  @Test
  void helpNamesEveryCommand() {
    assertThat(run("--help").out())
        .contains("serve", "demo", "simulator", "organization", "user", "key", "budget", "books")
        .contains("audit", "config");
    assertThat(run("help", "serve").out()).contains("--config").isEqualTo(run("serve", "-h").out());
  }

  @Test
  void whereNobodyAnswersIsTold() {
    Said said = run("organization", "list", "--url", "http://127.0.0.1:1", "--admin-key", "k");
    assertThat(said.status()).isEqualTo(1);
    assertThat(said.err()).contains("nothing answers at http://127.0.0.1:1").hasLineCount(1);
  }

  @Test
  void aDataDirectoryTellsWhereAndAsWhom(@TempDir Path data) {
    PrivateFiles.write(DataDirectory.address(data), gateway.url());
    PrivateFiles.write(DataDirectory.administratorKey(data), TestGateway.ADMIN_KEY);
    assertThat(run("organization", "show", "acme", "--data", data.toString()).status()).isZero();
    Said nothing = run("organization", "list", "--data", data.resolve("none").toString());
    assertThat(nothing.err()).contains("--url or TOLLGATE_URL");
  }

  @Test
  void configurationIsPrintedAndChecked(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("tollgate.yaml");
    Files.writeString(file, run("config", "print").out());
    assertThat(run("config", "check", "--config", file.toString()))
        .isEqualTo(new Said(0, "ok: " + file + "\n", ""));
    Files.writeString(file, "listen: { prot: 1 }\nspend: { wait: 1s }\n");
    Said wrong = run("config", "check", "--config", file.toString());
    assertThat(wrong.status()).isEqualTo(1);
    assertThat(wrong.err())
        .isEqualTo(
            """
            tollgate: %1$s line 1: listen.prot is no key; did you mean port?
            tollgate: %1$s line 2: spend.wait is no key
            """
                .formatted(file));
  }

  private JsonNode json(String... words) {
    List<String> all = new ArrayList<>(Arrays.asList(words));
    all.add("--json");
    Said said = administer(all.toArray(String[]::new));
    assertThat(said.err()).isEmpty();
    assertThat(said.status()).isZero();
    return JSON.readTree(said.out());
  }

  private Said administer(String... words) {
    List<String> all = new ArrayList<>(Arrays.asList(words));
    all.addAll(List.of("--url", gateway.url(), "--admin-key", TestGateway.ADMIN_KEY));
    return run(all.toArray(String[]::new));
  }

  private static Said run(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Main.run(new PrintWriter(out), new PrintWriter(err), words);
    return new Said(status, out.toString(), err.toString());
  }
}
