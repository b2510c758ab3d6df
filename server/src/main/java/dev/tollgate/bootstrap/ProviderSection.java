package dev.tollgate.bootstrap;

import dev.tollgate.kernel.Secret;
import dev.tollgate.models.Dialect;
import dev.tollgate.models.ProviderConfig.OwnKeysPolicy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One provider of models. */
@Section
record ProviderSection(
    @Key(about = "What metrics, the ledger and tiers call it.") String name,
    @Key(about = "anthropic or openai.") Dialect dialect,
    @Key(about = "As the SDKs take it: with /v1 for openai, without for anthropic.") URI baseUrl,
    @Key(
            about =
                """
                A conversation keeps the same of several. { key, account } says whose account it
                is: what is bound to an account stays with the account's keys.\
                """)
        List<ApiKey> apiKeys,
    @Key(about = "Exact names; without: those of the catalogue for its dialect.")
        @Nullable List<String> models,
    @Key(about = "Further names of its models.") Map<String, String> aliases,
    @Key(about = "Sent with every request to it.") Map<String, Secret> headers,
    @Key(about = "Within which a connection must stand.", preset = "10s") Duration connectTimeout,
    @Key(about = "Within which an answer must begin.", preset = "10m") Duration firstByteTimeout,
    @Key(about = "The longest silence within an answer.", preset = "5m") Duration idleTimeout,
    @Key(about = "Connections to it, an event loop.", preset = "256") int connections,
    @Key(
            about =
                """
                What organizations without keys of their own get: those above (prefer), or nothing
                (require).\
                """,
            preset = "prefer")
        OwnKeysPolicy ownKeys,
    @Key(about = "For Azure OpenAI, whose base-url goes without /openai.") @Nullable Azure azure) {

  ProviderSection {
    Checks.that(
        name.matches("[a-z0-9][a-z0-9-]{0,62}"),
        "name must be lower-case letters, digits and hyphens, is " + name);
    Checks.that(
        !apiKeys.isEmpty() || ownKeys == OwnKeysPolicy.REQUIRE,
        "api-keys must have at least one key, or own-keys must be require");
    Checks.that(
        apiKeys.stream().map(ApiKey::key).distinct().count() == apiKeys.size(),
        "api-keys has a key twice");
    Checks.that(
        azure == null || dialect == Dialect.OPENAI, "azure speaks the openai dialect alone");
    Checks.that(
        azure == null || !baseUrl.getPath().contains("/openai"),
        "base-url of azure goes without /openai, as https://NAME.openai.azure.com");
    Checks.that(
        dialect != Dialect.ANTHROPIC || !baseUrl.getPath().endsWith("/v1"),
        "base-url of the anthropic dialect goes without /v1, as its SDKs take it");
    Checks.positive("connect-timeout", connectTimeout);
    Checks.positive("first-byte-timeout", firstByteTimeout);
    Checks.positive("idle-timeout", idleTimeout);
    Checks.between("connections", connections, 1, 65_535);
  }

  /** A key of a provider. */
  @Section(shorthand = "key")
  record ApiKey(
      @Key(about = "The key.") Secret key,
      @Key(about = "What the provider's account is called here; without: one of its own.")
          @Nullable String account) {}

  /** Azure OpenAI. */
  @Section
  record Azure(
      @Key(
              about =
                  """
                  A date, as 2024-10-21: the addresses with deployments in them. Without: those of
                  the v1 API.\
                  """,
              example = "2024-10-21")
          @Nullable String apiVersion,
      @Key(
              about = "The deployment of each model, where it is not called like the model.",
              example = "gpt-4o: my-deployment")
          Map<String, String> deployments) {

    Azure {
      Checks.that(
          apiVersion == null
              || apiVersion.matches("\\d{4}-\\d{2}-\\d{2}(-preview)?|v1|preview|latest"),
          "api-version must be a date such as 2024-10-21, v1, preview or latest, is " + apiVersion);
    }
  }
}
