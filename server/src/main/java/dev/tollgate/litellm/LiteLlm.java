package dev.tollgate.litellm;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads a LiteLLM proxy's configuration and what it keeps in its database. */
public final class LiteLlm {

  private static final String SETTINGS = "litellm_settings";
  private static final String ROUTER = "router_settings";

  private static final Pattern BARE = Pattern.compile("base-url: \"\\$\\{([A-Za-z0-9_]+)}");

  private static final Pattern VERSION = Pattern.compile("api-version: \"\\$\\{([A-Za-z0-9_]+)}");

  private LiteLlm() {}

  /** A file of the export, as parsed. */
  public record Export(String name, JsonNode json) {}

  /**
   * Reads everything.
   *
   * @param configuration {@code config.yaml}, as parsed
   * @param exports answers of {@code /key/list?return_full_object=true}, {@code /team/list} and
   *     {@code /user/list}, in any order
   * @param overlay what the configuration calls the file of {@link Carried#prices}
   * @throws IllegalArgumentException where the configuration is no object, or an export is none of
   *     the three
   */
  public static Carried read(
      JsonNode configuration, List<Export> exports, PriceList prices, String overlay) {
    if (!configuration.isObject()) {
      throw new IllegalArgumentException("the configuration has no keys, such as model_list");
    }
    Findings findings = new Findings();
    Source root = new Source(configuration, "", findings);
    Source settings = root.object(SETTINGS);
    Source router = root.object(ROUTER);
    Prices own = new Prices(findings, prices);
    Secrets secrets = new Secrets(configuration, findings);
    List<Deployment> deployments =
        new Deployments(findings, timeout(router, settings, findings), own, secrets).read(root);
    Providers providers = new Providers(findings, prices);
    providers.read(deployments);
    requirePrices(providers, own, deployments);
    Routing routing = new Routing(providers, findings);
    routing.read(router, settings);
    RedisAddress redis = new RedisAddress(findings, secrets);
    redis.read(router, "redis_");
    redis.read(settings.object("cache_params"), "");
    BigDecimal overall = settings.number("max_budget");
    String window = settings.text("budget_duration");
    environment(root.object("environment_variables"), findings);
    settings.object("cache_params").rest("cache_params");
    router.rest(ROUTER);
    settings.rest(SETTINGS);
    root.object("general_settings").rest("general_settings");
    root.rest("");
    RosterReader roster = new RosterReader(findings, AccessGroups.of(configuration, providers));
    exports.forEach(roster::read);
    String text =
        Configuration.write(
            providers, routing, redis.url(), own.overlay() == null ? null : overlay);
    Map<String, String> standIns = new HashMap<>(redis.standIns());
    variables(BARE, text).forEach(name -> standIns.put(name, "https://provider.invalid"));
    variables(VERSION, text).forEach(name -> standIns.put(name, "2024-10-21"));
    return new Carried(
        text, own.overlay(), standIns, roster.roster(overall, window), findings.all());
  }

  /** The router's own time goes before that of all calls, as in LiteLLM; null: neither is said. */
  private static @Nullable String timeout(Source router, Source settings, Findings findings) {
    String ofRouter = Deployments.seconds(router, "timeout");
    if (ofRouter == null) {
      return Deployments.seconds(settings, "request_timeout");
    }
    if (settings.has("request_timeout")) {
      settings.skip("request_timeout");
      findings.note(
          settings.at("request_timeout"), router.at("timeout") + " goes before it, as before", "");
    }
    return ofRouter;
  }

  private static void requirePrices(Providers providers, Prices own, List<Deployment> deployments) {
    for (Deployment each : deployments) {
      boolean served =
          providers.all().stream().anyMatch(provider -> provider.models.contains(each.model()));
      if (served) {
        own.require(each.endpoint().vendor().dialect(), each.model(), each.path());
      }
    }
  }

  private static void environment(Source variables, Findings findings) {
    for (String name : variables.names()) {
      variables.skip(name);
      findings.note(
          variables.at(name),
          "variables are not set by a file here",
          "set " + name + " in the environment of Tollgate, if it still needs it");
    }
  }

  /** Variables that stand where {@code place} has its group. */
  private static Stream<String> variables(Pattern place, String text) {
    Matcher matcher = place.matcher(text);
    return matcher.results().map(result -> result.group(1));
  }
}
