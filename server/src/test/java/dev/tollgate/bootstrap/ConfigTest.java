package dev.tollgate.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.bootstrap.ConfigFile.Loaded;
import dev.tollgate.egress.AddressRange;
import dev.tollgate.kernel.Secret;
import dev.tollgate.models.ModelsConfig.Disconnect;
import dev.tollgate.secrets.MasterKey;
import dev.tollgate.spend.Estimation;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Retention;
import dev.tollgate.spend.UnboundedInput;
import dev.tollgate.telemetry.Logs.Format;
import dev.tollgate.telemetry.Logs.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTest {

  @TempDir Path directory;

  @Test
  void nothingAtAllIsTheDefaultConfiguration() {
    Config config = good("", Map.of());
    assertThat(config.listen()).isEqualTo(new ListenSection("127.0.0.1", 8080, null, null, null));
    assertThat(config.limits())
        .isEqualTo(
            new LimitsSection(
                new Size(65_536),
                new Size(33_554_432),
                new Size(268_435_456),
                128,
                Duration.ofSeconds(60),
                Duration.ofMinutes(60),
                Duration.ZERO,
                Duration.ofSeconds(30)));
    assertThat(config.providers()).isEmpty();
    assertThat(config.tiers()).isNull();
    assertThat(config.aliases()).isEmpty();
    assertThat(config.spend())
        .isEqualTo(
            new SpendSection(
                Estimation.CAPPED,
                SpendSection.Preset.DEFAULT,
                Duration.ofSeconds(5),
                UnboundedInput.WINDOW,
                true,
                null,
                Duration.ofSeconds(10),
                Disconnect.CANCEL,
                Duration.ofSeconds(2),
                new Size(1L << 30),
                Duration.ofDays(7)));
    assertThat(config.ledger()).isEqualTo(new LedgerSection(Retention.FOREVER));
    assertThat(config.database()).isEqualTo(new DatabaseSection(null, 10, Duration.ofSeconds(60)));
    assertThat(config.redis()).isEqualTo(new RedisSection(null, "tollgate"));
    assertThat(config.secrets()).isEqualTo(new SecretsSection(null, null));
    assertThat(config.mcp().oauth()).isNull();
    assertThat(config.connectors().allowPrivateAddresses()).isEmpty();
    assertThat(config.logs()).isEqualTo(new LogSection(Format.AUTO, Level.INFO, true));
    assertThat(config.telemetry()).isEqualTo(new TelemetrySection(null, 200));
  }

  @Test
  void theAnnotatedFileReadBackIsTheDefaultConfiguration() {
    assertThat(good(AnnotatedConfig.text(), Map.of())).isEqualTo(good("", Map.of()));
  }

  @Test
  void theAnnotatedFileNamesEveryKey() {
    EnvironmentOverrides.variables()
        .values()
        .forEach(path ->
            assertThat(AnnotatedConfig.text())
                .contains(path.substring(path.lastIndexOf('.') + 1) + ": "));
  }

  @Test
  void whatTheAnnotatedFileShowsInCommentsIsValidToo() throws IOException {
    Path secret = directory.resolve("local-key");
    Files.writeString(secret, "k\n");
    String uncommented =
        AnnotatedConfig.text()
            .lines()
            .map(line -> line.replaceFirst("^( *)# (?=( {2})*((- )?[a-z-]+:( |$)|- \\S+$))", "$1"))
            .map(line -> line.replace("/run/secrets/local-key", secret.toString()))
            .reduce("", (all, line) -> all + line + "\n");
    Config config =
        good(
            uncommented,
            Map.of(
                "ANTHROPIC_API_KEY", "a",
                "DATABASE_PASSWORD", "d",
                "DOCS_TOKEN", "t",
                "REDIS_PASSWORD", "r",
                "TOLLGATE_MASTER_KEY", MasterKey.generate(),
                "TOLLGATE_OLD_MASTER_KEY", MasterKey.generate()));
    assertThat(config.providers()).hasSize(2);
    assertThat(config.listen().tls()).isNotNull();
    assertThat(config.tiers()).isNotNull();
    assertThat(config.aliases()).isNotEmpty();
    assertThat(config.database().url()).isNotNull();
    assertThat(config.redis().url()).isNotNull();
    assertThat(config.mcp().oauth()).isNotNull();
    assertThat(config.secrets().masterKey()).isNotNull();
    assertThat(config.secrets().previousMasterKey()).isNotNull();
    assertThat(config.connectors().allowPrivateAddresses()).hasSize(2);
    assertThat(config.connectors().servers())
        .singleElement()
        .satisfies(server -> assertThat(server.price()).isEqualTo(Money.ofDollars("0.002")));
    assertThat(config.telemetry().metricsListen()).isNotNull();
  }

  @Test
  void readsForHowManyMonthsTheLedgerIsKept() {
    assertThat(good("ledger: { retention: 13 }", Map.of()).ledger().retention())
        .isEqualTo(new Retention(13));
    for (String wrong : List.of("0", "-1", "soon", "1201", "1.5", "90d")) {
      assertThat(bad("ledger: { retention: \"" + wrong + "\" }"))
          .as(wrong)
          .singleElement()
          .asString()
          .contains("ledger.retention", "forever, or a number of months");
    }
  }

  @Test
  void readsHowMuchTheJournalKeeps() {
    SpendSection spending =
        good("spend: { journal-size: 4GiB, journal-retention: 36h }", Map.of()).spend();
    assertThat(spending.journalSize()).isEqualTo(new Size(4L << 30));
    assertThat(spending.journalRetention()).isEqualTo(Duration.ofHours(36));
    assertThat(bad("spend: { journal-size: 255MiB }"))
        .singleElement()
        .asString()
        .contains("journal-size must be at least 256MiB");
    assertThat(bad("spend: { journal-retention: 0d }"))
        .singleElement()
        .asString()
        .contains("journal-retention must be more than nothing");
  }

  @Test
  void saysWhatAMasterKeyIsAndNotWhatWasGiven() {
    assertThat(bad("secrets: { master-key: short-word }"))
        .singleElement()
        .asString()
        .contains("secrets.master-key must be 32 bytes in base64", "tollgate secrets new-key")
        .doesNotContain("short-word");
    assertThat(bad("secrets: { previous-master-key: \"" + MasterKey.generate() + "\" }"))
        .singleElement()
        .asString()
        .contains("previous-master-key needs master-key");
  }

  @Test
  void readsWhichAddressesConnectorsMayLeadTo() {
    assertThat(
            good("connectors: { allow-private-addresses: [\"127.0.0.0/8\"] }", Map.of())
                .connectors()
                .allowPrivateAddresses())
        .containsExactly(AddressRange.parse("127.0.0.0/8"));
    assertThat(bad("connectors: { allow-private-addresses: [10.0.0.0/8, localhost] }"))
        .containsExactly(
            "line 1: connectors.allow-private-addresses[1] must be a range of addresses such as"
                + " 10.0.0.0/8 or fd00::/8, is localhost");
  }

  @Test
  void readsProvidersAndTiers() {
    Config config =
        good(
            """
            listen: { host: 127.0.0.1, port: 8081 }
            providers:
              - { name: anthropic, dialect: anthropic, base-url: "https://api.anthropic.com", api-keys: ["${ANTHROPIC_API_KEY}"] }
              - { name: local, dialect: openai, base-url: "http://127.0.0.1:9000/v1", api-keys: ["x"], models: [gpt-4o-mini] }
            tiers:
              premium:  { anthropic: claude-opus-5-5 }
              standard: { anthropic: claude-sonnet-5-5 }
              economy:  { anthropic: claude-haiku-5-5 }
            """,
            Map.of("ANTHROPIC_API_KEY", "sk-ant"));
    assertThat(config.listen().port()).isEqualTo(8081);
    assertThat(config.providers()).hasSize(2);
    assertThat(config.providers().getFirst().apiKeys())
        .containsExactly(new ProviderSection.ApiKey(new Secret("sk-ant"), null));
    assertThat(config.providers().getFirst().models()).isNull();
    assertThat(config.providers().getLast().models()).containsExactly("gpt-4o-mini");
    assertThat(config.providers().getLast().firstByteTimeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.tiers())
        .isEqualTo(
            new TiersSection(
                Map.of("anthropic", "claude-opus-5-5"),
                Map.of("anthropic", "claude-sonnet-5-5"),
                Map.of("anthropic", "claude-haiku-5-5")));
  }

  @Test
  void anUnknownKeyIsAnErrorThatSuggestsTheNearest() {
    assertThat(bad("listen:\n  prot: 80\nlimit: {}\n"))
        .containsExactly(
            "line 3: limit is no key; did you mean limits?",
            "line 2: listen.prot is no key; did you mean port?");
  }

  @Test
  void everythingThatIsWrongIsToldAtOnceWithItsPlace() {
    assertThat(
            bad(
                """
                listen:
                  port: many
                limits:
                  body-bytes: 32 MB of text
                  request-timeout: soon
                providers:
                  - name: a
                    dialect: anthropc
                    base-url: api.anthropic.com
                    api-keys: key
                """))
        .containsExactly(
            "line 2: listen.port must be a whole number, is many",
            "line 4: limits.body-bytes is not a size such as 64KiB, 32MiB or 1GiB: 32 MB of text",
            "line 5: limits.request-timeout must be a duration such as 250ms, 5s or 10m, is soon",
            "line 8: providers[0].dialect must be one of anthropic, openai, is anthropc;"
                + " did you mean anthropic?",
            "line 9: providers[0].base-url must be a URL such as https://host/path,"
                + " is api.anthropic.com",
            "line 10: providers[0].api-keys must be a list");
  }

  @Test
  void aSectionRefusesWhatMakesNoSense() {
    assertThat(bad("listen: { port: 70000 }"))
        .containsExactly("line 1: listen port must be between 0 and 65535, is 70000");
    assertThat(bad("limits: { body-bytes: 512MiB }"))
        .first()
        .asString()
        .contains("bodies-in-flight");
  }

  @Test
  void twoProvidersOfOneNameAreRefused() {
    String provider = "{ name: a, dialect: openai, base-url: 'http://h/v1', api-keys: [x] }";
    assertThat(bad("providers: [" + provider + ", " + provider + "]"))
        .containsExactly("line 1: providers: two are named a");
  }

  @Test
  void aTierOfAnUnknownProviderIsRefused() {
    assertThat(
            bad(
                """
                providers: [{ name: openai, dialect: openai, base-url: 'http://h/v1', api-keys: [x] }]
                tiers: { premium: { opnai: gpt-5 } }
                """))
        .containsExactly("line 1: tiers: no provider is named opnai; did you mean openai?");
  }

  @Test
  void aMissingVariableIsNamedWithTheKeyThatWantsIt() {
    assertThat(
            bad(
                """
                providers:
                  - name: anthropic
                    dialect: anthropic
                    base-url: https://api.anthropic.com
                    api-keys: ["${ANTHROPIC_API_KEY}"]
                """))
        .containsExactly(
            "line 5: providers[0].api-keys[0].key the environment variable ANTHROPIC_API_KEY is not"
                + " set");
  }

  @Test
  void aKeyTwiceAndAnAliasOfYamlAreRefused() {
    assertThat(bad("listen: {}\nlisten: {}\n")).containsExactly("line 2: listen is there twice");
    assertThat(bad("redis: { prefix: &p tollgate }\naliases: { a: *p }\n"))
        .containsExactly("line 2: anchors and aliases are not read here; write the value out");
  }

  @Test
  void whatIsNotYamlIsToldWithItsLine() {
    assertThat(bad("listen:\n  host: 'open\n")).singleElement().asString().contains("not YAML");
    assertThat(bad("listen:\n\tport: 9\n"))
        .singleElement()
        .asString()
        .startsWith("line 2: this is not YAML: found character '\\t")
        .endsWith("indent with blanks, not with tabs");
    assertThat(bad("listen:\n  port: 9\n\nlisten2: {\n"))
        .singleElement()
        .asString()
        .contains("expected");
    assertThat(bad("lisen:\n  port: 9\n")).singleElement().asString().startsWith("line 1");
    assertThat(bad("just words")).singleElement().asString().startsWith("line 1: keys and values");
  }

  @Test
  void theEnvironmentGoesBeforeTheFile() {
    Config config =
        good(
            "listen: { port: 1 }",
            Map.of(
                "TOLLGATE_LISTEN_PORT", "2",
                "TOLLGATE_LISTEN_TLS_CERTIFICATE", "/c.pem",
                "TOLLGATE_LISTEN_TLS_PRIVATE_KEY", "/k.pem",
                "TOLLGATE_SPEND_HELD_WAIT", "1s",
                "DATABASE_URL", "postgres://u:p@h/d",
                "REDIS_URL", "redis://r:6379"));
    assertThat(config.listen().port()).isEqualTo(2);
    assertThat(config.listen().tls())
        .isEqualTo(new ListenSection.Tls(Path.of("/c.pem"), Path.of("/k.pem"), null));
    assertThat(config.spend().heldWait()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.database().url())
        .isEqualTo(new DatabaseUrl("jdbc:postgresql://h/d", "u", new Secret("p")));
    assertThat(config.redis().url()).isEqualTo(new RedisUrl(new Secret("redis://r:6379")));
  }

  @Test
  void ourOwnVariableGoesBeforeTheFallback() {
    Config config =
        good(
            "",
            Map.of(
                "TOLLGATE_DATABASE_URL", "postgresql://ours@h/d",
                "DATABASE_URL", "postgresql://theirs@h/d"));
    assertThat(config.database().url()).extracting(DatabaseUrl::user).isEqualTo("ours");
  }

  @Test
  void aWrongVariableIsNamed() {
    assertThat(bad("", Map.of("TOLLGATE_LISTEN_PORT", "many")))
        .containsExactly("TOLLGATE_LISTEN_PORT: listen.port must be a whole number, is many");
  }

  @Test
  void aVariableThatMeansNothingIsWarnedOf() {
    Loaded loaded =
        ConfigFile.read(
            "",
            directory,
            null,
            Map.of(
                "TOLLGATE_LISTEN_PROT", "80",
                "TOLLGATE_ADMIN_KEY", "k",
                "TOLLGATE_KEY", "k",
                "TOLLGATE_SERVICE_HOST", "10.0.0.1",
                "TOLLGATE_PORT_8080_TCP_ADDR", "10.0.0.1"));
    assertThat(((Loaded.Good) loaded).warnings())
        .containsExactly(
            "the environment variable TOLLGATE_LISTEN_PROT means nothing; did you mean"
                + " TOLLGATE_LISTEN_PORT?");
  }

  @Test
  void secretsComeFromFilesAndAreNeverPrinted() throws IOException {
    Files.writeString(directory.resolve("key"), "hidden-in-a-file\n");
    Config config =
        good(
            """
            providers:
              - name: a
                dialect: openai
                base-url: http://h/v1
                api-keys: ["${file:key}"]
                headers: { x-proxy: hidden-header }
            database: { url: "postgresql://u:hidden-word@h/d" }
            redis: { url: "redis://:hidden-word@h" }
            """,
            Map.of());
    assertThat(config.providers().getFirst().apiKeys())
        .containsExactly(new ProviderSection.ApiKey(new Secret("hidden-in-a-file"), null));
    assertThat(config.toString()).doesNotContain("hidden");
  }

  @Test
  void aFileThatIsNotThereIsAnError() {
    Loaded loaded = ConfigFile.load(directory.resolve("none.yaml"), Map.of());
    assertThat(((Loaded.Bad) loaded).problems())
        .containsExactly(directory.resolve("none.yaml") + ": there is no such file");
  }

  @Test
  void pathsStartFromTheFile() throws IOException {
    Path file = directory.resolve("tollgate.yaml");
    Files.writeString(file, "spend: { prices-overlay: prices.json }");
    Loaded loaded = ConfigFile.load(file, Map.of());
    assertThat(((Loaded.Good) loaded).config().spend().pricesOverlay())
        .isEqualTo(directory.resolve("prices.json"));
  }

  @Test
  void aProblemIsPlacedInTheFileOrInTheVariableThatHasIt() throws IOException {
    Path file = directory.resolve("tollgate.yaml");
    Files.writeString(file, "listen: { port: many }");
    Loaded loaded = ConfigFile.load(file, Map.of("DATABASE_URL", "mysql://h/d"));
    List<String> problems = ((Loaded.Bad) loaded).problems();
    assertThat(problems).hasSize(2);
    assertThat(problems).anyMatch(problem -> problem.startsWith(file + " line 1"));
    assertThat(problems).anyMatch(problem -> problem.startsWith("DATABASE_URL"));
  }

  private Config good(String text, Map<String, String> environment) {
    Loaded loaded = ConfigFile.read(text, directory, null, environment);
    assertThat(loaded).isInstanceOf(Loaded.Good.class);
    return ((Loaded.Good) loaded).config();
  }

  private List<String> bad(String text) {
    return bad(text, Map.of());
  }

  private List<String> bad(String text, Map<String, String> environment) {
    Loaded loaded = ConfigFile.read(text, directory, null, environment);
    assertThat(loaded).isInstanceOf(Loaded.Bad.class);
    return ((Loaded.Bad) loaded).problems();
  }
}
