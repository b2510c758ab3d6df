package dev.tollgate.bootstrap;

import dev.tollgate.connectors.Connector;
import dev.tollgate.egress.AddressRange;
import dev.tollgate.kernel.Secret;
import dev.tollgate.models.Dialect;
import dev.tollgate.models.ModelsConfig.Disconnect;
import dev.tollgate.secrets.MasterKey;
import dev.tollgate.secrets.MasterKeys;
import dev.tollgate.spend.Estimation;
import dev.tollgate.spend.JournalBounds;
import dev.tollgate.spend.Money;
import dev.tollgate.spend.Retention;
import dev.tollgate.spend.UnboundedInput;
import dev.tollgate.storage.StorageConfig;
import dev.tollgate.telemetry.Logs.Format;
import dev.tollgate.telemetry.Logs.Level;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration, as {@code tollgate.yaml} has it: a component is a key, in kebab case.
 *
 * <p>Each section refuses what makes no sense in itself, and the whole what does not fit together,
 * with an {@link IllegalArgumentException} for whoever wrote the file.
 */
@Section
public record Config(
    @Key(about = "Where Tollgate is reached.") Listen listen,
    @Key(about = "Bounds on requests.") Limits limits,
    @Key(
            about =
                """
                Who serves models. Without any, and only with the embedded database and a loopback
                listener, a simulator answers, and says so.\
                """,
            example =
                """
                - name: anthropic
                  dialect: anthropic
                  base-url: https://api.anthropic.com
                  api-keys: ["${ANTHROPIC_API_KEY}"]
                - name: local
                  dialect: openai
                  base-url: http://127.0.0.1:9000/v1
                  api-keys: ["${file:/run/secrets/local-key}"]
                  models: [gpt-4o-mini]\
                """)
        List<Provider> providers,
    @Key(
            about =
                """
                The model of each tier, by provider: what the budget's ladder steps down to, and
                what the categories stand for. Without this key every provider of the anthropic
                dialect has the tiers shown.\
                """,
            example =
                """
                premium: { anthropic: claude-opus-5-5 }
                standard: { anthropic: claude-sonnet-5-5 }
                economy: { anthropic: claude-haiku-5-5 }\
                """)
        @Nullable Tiers tiers,
    @Key(about = "Further names of models.", example = "fast: claude-haiku-5-5")
        Map<String, String> aliases,
    @Key(about = "Money.") Spending spend,
    @Key(about = "What was spent, entry by entry.") LedgerSection ledger,
    @Key(about = "PostgreSQL.") Database database,
    @Key(about = "Redis.") RedisSection redis,
    @Key(about = "What is stored encrypted, such as credentials of MCP servers.")
        SecretsSection secrets,
    @Key(about = "The gateway as an MCP server.") McpSection mcp,
    @Key(about = "MCP servers.") ConnectorsSection connectors,
    @Key(about = "What is written to standard output.") LogSection logs,
    @Key(about = "What is measured.") TelemetrySection telemetry) {

  public Config {
    Set<String> names = new HashSet<>();
    for (Provider provider : providers) {
      Checks.that(names.add(provider.name()), "providers: two are named " + provider.name());
    }
    if (tiers != null) {
      tiers.requireKnown(names);
    }
  }

  /** Where Tollgate is reached. */
  @Section
  public record Listen(
      @Key(about = "The address to listen at; 0.0.0.0 for all.", preset = "127.0.0.1") String host,
      @Key(about = "The port; 0 for any that is free.", preset = "8080") int port,
      @Key(
              about =
                  """
                  Where browsers, MCP clients and authorization servers reach Tollgate; OAuth needs
                  it. Without: the listener itself where that is loopback, else not known.\
                  """,
              example = "https://tollgate.example.com")
          @Nullable URI publicUrl,
      @Key(about = "TLS; read again when the files change.") @Nullable Tls tls) {

    public Listen {
      Checks.port("port", port);
      Checks.that(
          publicUrl == null
              || (publicUrl.getRawQuery() == null && publicUrl.getRawFragment() == null),
          "public-url must have neither a query nor a fragment");
    }
  }

  /** Certificates in PEM. */
  @Section
  public record Tls(
      @Key(about = "The certificate and its chain, in PEM.", example = "/etc/tollgate/tls.crt")
          Path certificate,
      @Key(about = "Its private key, in PEM.", example = "/etc/tollgate/tls.key") Path privateKey,
      @Key(
              about = "Ask clients for a certificate by this authority (mutual TLS).",
              example = "/etc/tollgate/clients.crt")
          @Nullable Path clientCa) {}

  /** Bounds on requests. */
  @Section
  public record Limits(
      @Key(about = "The first line and the headers of a request.", preset = "64KiB")
          Size headerBytes,
      @Key(about = "The body of a request.", preset = "32MiB") Size bodyBytes,
      @Key(about = "All bodies in memory together.", preset = "256MiB") Size bodiesInFlight,
      @Key(about = "How deep the JSON of a body may nest.", preset = "128") int jsonDepth,
      @Key(about = "Within which a whole request must have arrived.", preset = "60s")
          Duration requestTimeout,
      @Key(about = "How long an answer may take in all.", preset = "60m") Duration streamDuration,
      @Key(about = "How long a shutdown waits for calls under way.", preset = "30s")
          Duration drain) {

    public Limits {
      Checks.between("header-bytes", headerBytes.bytes(), 1 << 10, 1 << 20);
      Checks.between("body-bytes", bodyBytes.bytes(), 1 << 10, 1 << 30);
      Checks.that(
          bodiesInFlight.bytes() >= bodyBytes.bytes(),
          "bodies-in-flight must be at least body-bytes, or no body of that size ever fits");
      Checks.between("json-depth", jsonDepth, 8, 1_000);
      Checks.positive("request-timeout", requestTimeout);
      Checks.positive("stream-duration", streamDuration);
    }
  }

  /** One provider of models. */
  @Section
  public record Provider(
      @Key(about = "What metrics, the ledger and tiers call it.") String name,
      @Key(about = "anthropic or openai.") Dialect dialect,
      @Key(about = "As the SDKs take it: with /v1 for openai, without for anthropic.") URI baseUrl,
      @Key(about = "At least one; an organization always gets the same of several.")
          List<Secret> apiKeys,
      @Key(about = "Exact names; without: those of the catalogue for its dialect.")
          @Nullable List<String> models,
      @Key(about = "Further names of its models.") Map<String, String> aliases,
      @Key(about = "Sent with every request to it.") Map<String, Secret> headers,
      @Key(about = "Within which a connection must stand.", preset = "10s") Duration connectTimeout,
      @Key(about = "Within which an answer must begin.", preset = "10m") Duration firstByteTimeout,
      @Key(about = "The longest silence within an answer.", preset = "5m") Duration idleTimeout,
      @Key(about = "Connections to it, an event loop.", preset = "256") int connections) {

    public Provider {
      Checks.that(
          name.matches("[a-z0-9][a-z0-9-]{0,62}"),
          "name must be lower-case letters, digits and hyphens, is " + name);
      Checks.that(!apiKeys.isEmpty(), "api-keys must have at least one key");
      Checks.that(
          dialect != Dialect.ANTHROPIC || !baseUrl.getPath().endsWith("/v1"),
          "base-url of the anthropic dialect goes without /v1, as its SDKs take it");
      Checks.positive("connect-timeout", connectTimeout);
      Checks.positive("first-byte-timeout", firstByteTimeout);
      Checks.positive("idle-timeout", idleTimeout);
      Checks.between("connections", connections, 1, 65_535);
    }
  }

  /** The model of each tier, by the provider's name. */
  @Section
  public record Tiers(
      @Key(about = "The most capable and dearest.") Map<String, String> premium,
      @Key(about = "The middle.") Map<String, String> standard,
      @Key(about = "The cheapest.") Map<String, String> economy) {

    void requireKnown(Set<String> providers) {
      for (Map<String, String> tier : List.of(premium, standard, economy)) {
        for (String name : tier.keySet()) {
          Checks.that(
              providers.contains(name),
              "tiers: no provider is named " + name + Suggestion.among(providers, name));
        }
      }
    }
  }

  /** A ready-made policy for emptying budgets. */
  public enum Preset {
    DEFAULT,
    PERCENT,
    OFF
  }

  /** Money. */
  @Section
  public record Spending(
      @Key(
              about =
                  """
                  How much a new organization's calls hold: capped (the learned bound; the output
                  maximum is lowered to what fits), strict (the proven bound or nothing), expected
                  (an average, which may be exceeded).\
                  """,
              preset = "capped")
          Estimation estimation,
      @Key(about = "The ladder of a new organization: default, percent or off.", preset = "default")
          Preset ladder,
      @Key(about = "How long a call waits for money that other calls hold.", preset = "5s")
          Duration heldWait,
      @Key(
              about =
                  """
                  Input that is not in the body, such as a file's id: window (counts as all that
                  the model can read) or refuse.\
                  """,
              preset = "window")
          UnboundedInput unboundedInput,
      @Key(
              about =
                  """
                  Whether capped learns from providers' reports how many tokens a byte of text
                  has; false keeps to a token a byte, which is proven.\
                  """,
              preset = "true")
          boolean learning,
      @Key(
              about = "Prices and capabilities that go before the catalogue's.",
              example = "/etc/tollgate/prices.json")
          @Nullable Path pricesOverlay,
      @Key(about = "How long an answer's last byte waits for its charge.", preset = "10s")
          Duration settleTimeout,
      @Key(
              about =
                  """
                  When a caller goes away: cancel (the provider stops at once, what was delivered
                  is charged) or drain (its own report is awaited and charged).\
                  """,
              preset = "cancel")
          Disconnect disconnect,
      @Key(about = "How long drain waits for that report.", preset = "2s") Duration drainTimeout,
      @Key(
              about =
                  """
                  How much the journal under --data may have in all. When it is nearly full of what
                  PostgreSQL does not have yet, no new call is granted.\
                  """,
              preset = "1GiB")
          Size journalSize,
      @Key(
              about =
                  """
                  How long the journal keeps, within its size, what PostgreSQL has: a database that
                  is restored to a backup of that age loses nothing.\
                  """,
              preset = "7d")
          Duration journalRetention) {

    public Spending {
      Checks.that(!heldWait.isNegative(), "held-wait is negative");
      Checks.positive("settle-timeout", settleTimeout);
      Checks.positive("drain-timeout", drainTimeout);
      Checks.that(
          journalSize.bytes() >= JournalBounds.LEAST_BYTES,
          "journal-size must be at least " + (JournalBounds.LEAST_BYTES >> 20) + "MiB");
      Checks.positive("journal-retention", journalRetention);
    }
  }

  /** One MCP server. */
  @Section
  public record McpServerSection(
      @Key(about = "Its name in addresses and in names of tools.") String name,
      @Key(about = "Where it is: Streamable HTTP, or HTTP+SSE.") @Nullable URI url,
      @Key(about = "Instead: a program to start, and its arguments.") List<String> command,
      @Key(about = "The environment of that program.") Map<String, Secret> environment,
      @Key(about = "Sent with every request to it.") Map<String, Secret> headers,
      @Key(about = "Whether callers may share its sessions.", preset = "false") boolean stateless,
      @Key(
              about = "What a call of a tool costs, in dollars, charged to budgets; else nothing.",
              example = "\"0.002\"")
          @Nullable Money price,
      @Key(about = "What a call of single tools costs instead.", example = "{ search: \"0.01\" }")
          Map<String, Money> prices) {

    public McpServerSection {
      Checks.that(
          Connector.isName(name),
          "name must be lower-case letters, digits and hyphens, a letter first, is " + name);
      Checks.that(
          (url == null) != command.isEmpty(), "a server has either a url or a command: " + name);
    }
  }

  /** What was spent, entry by entry. */
  @Section
  public record LedgerSection(
      @Key(
              about =
                  """
                  How many whole months before the present one are kept, or forever. Older ones are
                  dropped; what their entries sum up to, by budget and by day, stays.\
                  """,
              preset = "forever")
          Retention retention) {}

  /** PostgreSQL. */
  @Section
  public record Database(
      @Key(
              about =
                  """
                  Your own PostgreSQL 15 or newer; also as TOLLGATE_DATABASE_URL, else
                  DATABASE_URL. Without: one is started, its data is kept under --data.\
                  """,
              example =
                  "postgresql://tollgate:${DATABASE_PASSWORD}@db:5432/tollgate?sslmode=require")
          @Nullable DatabaseUrl url,
      @Key(about = "Connections of this node.", preset = "10") int connections,
      @Key(about = "How long a start waits for it.", preset = "60s") Duration startTimeout) {

    public Database {
      Checks.between("connections", connections, 2, 1_000);
      Checks.positive("start-timeout", startTimeout);
    }

    StorageConfig storage(DatabaseUrl at) {
      return new StorageConfig(at.jdbcUrl(), at.user(), at.password(), connections, startTimeout);
    }

    StorageConfig storage(PostgresAddress at) {
      return new StorageConfig(at.jdbcUrl(), at.user(), at.password(), connections, startTimeout);
    }
  }

  /** Redis. */
  @Section
  public record RedisSection(
      @Key(
              about =
                  """
                  Your own Redis 6.2 or newer, or Valkey; also as TOLLGATE_REDIS_URL, else
                  REDIS_URL. Without: one is started, its data is kept under --data.\
                  """,
              example = "redis://:${REDIS_PASSWORD}@redis:6379/0")
          @Nullable RedisUrl url,
      @Key(about = "What every key and channel begins with.", preset = "tollgate") String prefix) {

    public RedisSection {
      Checks.that(
          prefix.matches("[A-Za-z0-9._-]{1,64}"),
          "prefix must be letters, digits, dots, hyphens and underscores, is " + prefix);
    }
  }

  /** What is stored encrypted. */
  @Section
  public record SecretsSection(
      @Key(
              about =
                  """
                  32 bytes in base64, the same on every node; without it no credential is stored.
                  `tollgate secrets new-key` makes one. Keep a copy: what is stored is lost with it.\
                  """,
              example = "${TOLLGATE_MASTER_KEY}")
          @Nullable MasterKey masterKey,
      @Key(
              about = "The master key until now, given once to replace it.",
              example = "${TOLLGATE_OLD_MASTER_KEY}")
          @Nullable MasterKey previousMasterKey) {

    public SecretsSection {
      Checks.that(
          previousMasterKey == null || masterKey != null,
          "previous-master-key needs master-key, the one that replaces it");
    }

    MasterKeys keys() {
      return new MasterKeys(masterKey, previousMasterKey);
    }
  }

  /** The gateway as an MCP server. */
  @Section
  public record McpSection(
      @Key(about = "Take tokens of this issuer at /mcp, beside Tollgate's own keys.")
          @Nullable OAuthSection oauth) {}

  /** An issuer of tokens that is trusted. */
  @Section
  public record OAuthSection(
      @Key(
              about = "Its identifier, letter by letter as tokens have it in iss.",
              example = "https://login.example.com/realms/acme")
          String issuer,
      @Key(
              about = "What a token's aud must hold; without: public-url followed by /mcp.",
              example = "https://tollgate.example.com/mcp")
          @Nullable String audience,
      @Key(
              about = "Where its keys are; without: where its metadata say.",
              example = "https://login.example.com/keys")
          @Nullable URI jwksUri,
      @Key(
              about =
                  "The algorithms it signs by, of RS, PS and ES and Ed25519; others are refused.",
              example = "[RS256, ES256]")
          List<String> algorithms,
      @Key(about = "The claim with the organization's id or externalId.", preset = "organization")
          String organizationClaim,
      @Key(
              about =
                  """
                  The claim with the user's externalId, such as sub; without, tokens act for the
                  organization as a whole.\
                  """,
              example = "sub")
          @Nullable String userClaim,
      @Key(about = "Scopes that clients are told to ask for.", example = "[mcp]")
          List<String> scopes) {

    private static final Set<String> SIGNATURES =
        Set.of(
            "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
            "EdDSA", "Ed25519");

    public OAuthSection {
      algorithms = algorithms.isEmpty() ? List.of("RS256", "ES256") : algorithms;
      for (String algorithm : algorithms) {
        Checks.that(
            SIGNATURES.contains(algorithm),
            "algorithms must be asymmetric signatures, is " + algorithm);
      }
      Checks.that(URI.create(issuer).getHost() != null, "issuer must be a URL");
      for (String scope : scopes) {
        Checks.that(scope.matches("[!#-\\[\\]-~]+"), "scopes must be scope tokens, is " + scope);
      }
    }
  }

  /** MCP servers. */
  @Section
  public record ConnectorsSection(
      @Key(
              about =
                  """
                  Addresses that connectors may lead to although they are not of the open internet;
                  http is taken there too. Loopback and private addresses, metadata servers and the
                  like are refused otherwise.\
                  """,
              example =
                  """
                  - 127.0.0.0/8
                  - fd00::/8\
                  """)
          List<AddressRange> allowPrivateAddresses,
      @Key(
              about = "Servers that every organization has, each behind /mcp/{name}.",
              example =
                  """
                  - name: docs
                    url: https://docs.example.com/mcp
                    headers: { authorization: "Bearer ${DOCS_TOKEN}" }
                    stateless: true
                    price: "0.002"\
                  """)
          List<McpServerSection> servers,
      @Key(
              about =
                  """
                  Whether connectors may be child processes of the gateway, which run with its
                  rights.\
                  """,
              preset = "false")
          boolean allowCommands,
      @Key(
              about =
                  """
                  Origins of web pages that may call /mcp, besides the listener's own.\
                  """,
              example = "[\"https://inspector.example.com\"]")
          List<String> origins,
      @Key(about = "The most that one message of a server may take.", preset = "32MiB")
          Size messageBytes) {

    public ConnectorsSection {
      Set<String> names = new HashSet<>();
      for (McpServerSection server : servers) {
        Checks.that(names.add(server.name()), "servers: two are named " + server.name());
        Checks.that(
            server.command().isEmpty() || allowCommands,
            "servers: " + server.name() + " is a command, which needs allow-commands: true");
      }
      Checks.between("message-bytes", messageBytes.bytes(), 1 << 10, 1 << 30);
    }
  }

  /** What is written to standard output. */
  @Section
  public record LogSection(
      @Key(about = "text, json, or auto: text on a terminal, else json.", preset = "auto")
          Format format,
      @Key(about = "error, warn, info or debug.", preset = "info") Level level,
      @Key(about = "A line for each request.", preset = "true") boolean access) {}

  /** What is measured. */
  @Section
  public record TelemetrySection(
      @Key(about = "Serve /metrics here, open; without: on the listener, with a key.")
          @Nullable MetricsListen metricsListen,
      @Key(
              about = "Organizations with metrics of their own; the rest count as other.",
              preset = "200")
          int organizationLabels) {

    public TelemetrySection {
      Checks.between("organization-labels", organizationLabels, 0, 100_000);
    }
  }

  /** Where metrics are read. */
  @Section
  public record MetricsListen(
      @Key(about = "The address to listen at.", preset = "127.0.0.1") String host,
      @Key(about = "The port.", preset = "9464") int port) {

    public MetricsListen {
      Checks.port("port", port);
    }
  }
}
