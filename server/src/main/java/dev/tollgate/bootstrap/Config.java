package dev.tollgate.bootstrap;

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
record Config(
    @Key(about = "Where Tollgate is reached.") ListenSection listen,
    @Key(about = "Bounds on requests.") LimitsSection limits,
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
        List<ProviderSection> providers,
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
        @Nullable TiersSection tiers,
    @Key(about = "Further names of models.", example = "fast: claude-haiku-5-5")
        Map<String, String> aliases,
    @Key(about = "What becomes of a call whose provider fails before its answer began.")
        RoutingSection routing,
    @Key(about = "Money.") SpendSection spend,
    @Key(about = "What was spent, entry by entry.") LedgerSection ledger,
    @Key(about = "PostgreSQL.") DatabaseSection database,
    @Key(about = "Redis.") RedisSection redis,
    @Key(about = "What is stored encrypted, such as credentials of MCP servers.")
        SecretsSection secrets,
    @Key(about = "The gateway as an MCP server.") McpSection mcp,
    @Key(about = "MCP servers.") ConnectorsSection connectors,
    @Key(about = "What is written to standard output.") LogSection logs,
    @Key(about = "What is measured.") TelemetrySection telemetry) {

  Config {
    Set<String> names = new HashSet<>();
    for (ProviderSection provider : providers) {
      Checks.that(names.add(provider.name()), "providers: two are named " + provider.name());
    }
    if (tiers != null) {
      tiers.requireKnown(names);
    }
  }
}
