package dev.tollgate.litellm;

import dev.tollgate.litellm.Deployment.Endpoint;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads {@code model_list}. */
final class Deployments {

  private static final String PARAMS = "litellm_params";

  /** What Tollgate has a route for, of the modes that {@code model_info} may say. */
  private static final Set<String> SERVED = Set.of("chat", "embedding", "responses");

  private static final List<String> OF_OTHER_ROUTES =
      List.of("dall-e", "gpt-image", "whisper", "tts-", "omni-moderation", "text-moderation");

  /** What vendors call models of embeddings. */
  private static final Pattern EMBEDDING =
      Pattern.compile("embed|(^|/)(bge|e5|gte)-", Pattern.CASE_INSENSITIVE);

  private final Findings findings;
  private final @Nullable String timeout;
  private final Prices prices;
  private final Secrets secrets;

  /**
   * @param timeout of calls where a deployment says none, as Tollgate's file has it; null: none
   */
  Deployments(Findings findings, @Nullable String timeout, Prices prices, Secrets secrets) {
    this.findings = findings;
    this.timeout = timeout;
    this.prices = prices;
    this.secrets = secrets;
  }

  List<Deployment> read(Source root) {
    List<Deployment> deployments = new ArrayList<>();
    for (Source entry : root.objects("model_list")) {
      Deployment deployment = deployment(entry);
      if (deployment != null) {
        deployments.add(deployment);
      }
    }
    return deployments;
  }

  private @Nullable Deployment deployment(Source entry) {
    String name = entry.text("model_name");
    Source params = entry.object(PARAMS);
    Source info = entry.object("model_info");
    String model = params.text("model");
    if (name == null || model == null) {
      findings.lost(entry.path(), "a model_name and litellm_params.model are needed", "");
      return null;
    }
    if (!routed(model.substring(model.lastIndexOf('/') + 1), info)) {
      findings.lost(
          entry.path(),
          name + " is for images, audio, moderation or reranking, which have no route here",
          "call its vendor directly");
      return null;
    }
    Vendor.Model served = Vendor.of(model, params.text("custom_llm_provider"));
    if (served == null) {
      findings.lost(
          params.at("model"),
          "nobody whom Tollgate reaches serves " + model,
          "where its vendor has an OpenAI-compatible address, make it a provider by hand");
      return null;
    }
    Deployment deployment = at(name, served, params, info, entry);
    if (deployment != null) {
      prices.read(deployment, params, info);
      params.rest(PARAMS);
      info.rest("model_info");
      entry.rest("model_list");
    }
    return deployment;
  }

  private static boolean routed(String model, Source info) {
    String mode = info.text("mode");
    return mode == null
        ? OF_OTHER_ROUTES.stream().noneMatch(model::startsWith)
        : SERVED.contains(mode);
  }

  /** By its mode, which is seldom said, or its names. */
  private static boolean embeds(Source info, String... names) {
    String mode = info.text("mode");
    return mode == null
        ? Stream.of(names).anyMatch(name -> EMBEDDING.matcher(name).find())
        : mode.equals("embedding");
  }

  private @Nullable Deployment at(
      String name, Vendor.Model served, Source params, Source info, Source entry) {
    Vendor vendor = served.vendor();
    String base = base(vendor, params);
    if (base == null) {
      findings.lost(
          params.at("api_base"),
          "where " + name + " is served is not said",
          "make a provider with its base-url");
      return null;
    }
    if (vendor.compatible()) {
      findings.note(
          params.at("model"),
          vendor.prefix() + " is reached by its OpenAI-compatible interface, at " + base,
          "");
    }
    String key = secrets.key(params.text("api_key"), params.at("api_key"), vendor);
    boolean azure = vendor.prefix().equals(Vendor.AZURE);
    Endpoint endpoint =
        new Endpoint(
            vendor,
            base,
            headers(vendor, params),
            timeout(params),
            azure ? new AzureParams(findings, prices).version(params) : null);
    String model =
        azure
            ? new AzureParams(findings, prices).model(name, served.name(), params, info)
            : served.name();
    return new Deployment(
        name,
        endpoint,
        model,
        served.name(),
        key,
        embeds(info, name, model, served.name()),
        entry.path());
  }

  private @Nullable String base(Vendor vendor, Source params) {
    String said = params.text("api_base");
    if (said == null) {
      said = params.text("base_url");
    } else {
      params.skip("base_url");
    }
    if (vendor.prefix().equals(Vendor.AZURE)) {
      if (said == null) {
        findings.note(
            params.at("api_base"),
            "no address is said: it is taken from the environment variable AZURE_API_BASE, as"
                + " before",
            "set it where Tollgate runs, which does not start without");
      }
      return AzureParams.resource(said == null ? "os.environ/AZURE_API_BASE" : said);
    }
    if (said == null) {
      return vendor.baseUrl();
    }
    String base = Reference.plain(said).replaceAll("/+$", "");
    if (vendor.dialect().equals(Vendor.ANTHROPIC)) {
      return base.replaceAll("/v1(/messages)?$", "");
    }
    boolean ollama = vendor.prefix().startsWith("ollama") && !base.endsWith("/v1");
    return ollama ? base + "/v1" : base;
  }

  private Map<String, String> headers(Vendor vendor, Source params) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String field : List.of("extra_headers", "headers")) {
      Source all = params.object(field);
      all.entries()
          .forEach((name, value) -> headers.put(name, header(name, value, vendor, all.at(name))));
    }
    String organization = params.text("organization");
    if (organization != null) {
      headers.put("OpenAI-Organization", Reference.plain(organization));
    }
    return headers;
  }

  private String header(String name, String value, Vendor vendor, String path) {
    String lower = name.toLowerCase(Locale.ROOT);
    boolean secret =
        List.of("auth", "key", "token", "secret", "cookie").stream().anyMatch(lower::contains);
    return secret
        ? secrets.reference(value, path, Reference.variableName(vendor.prefix(), name))
        : Reference.plain(value);
  }

  private @Nullable String timeout(Source params) {
    String field = params.has("stream_timeout") ? "stream_timeout" : "timeout";
    String said = seconds(params, field);
    params.skip("timeout");
    return said == null ? timeout : said;
  }

  /** A duration in seconds, as Tollgate's file has it; what is not above zero is listed. */
  static @Nullable String seconds(Source source, String field) {
    BigDecimal seconds = source.number(field);
    if (seconds == null) {
      return null;
    }
    long millis = seconds.movePointRight(3).longValue();
    if (millis <= 0) {
      source.findings().lost(source.at(field), "a time above zero is needed here", "");
      return null;
    }
    source
        .findings()
        .note(
            source.at(field),
            "the time counts until an answer begins; the silence within it has idle-timeout",
            "");
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }
}
