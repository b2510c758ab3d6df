package dev.tollgate.litellm;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is said of a deployment at Azure: where its resource is, by which version of the API
 * it is called, and which model it is.
 */
record AzureParams(Findings findings, Prices prices) {

  /** Older ones take no request to report the usage of a stream. */
  private static final String OLDEST = "2024-10-21";

  private static final Pattern DATED = Pattern.compile("\\d{4}-\\d{2}-\\d{2}(-preview)?");
  private static final Pattern OTHER = Pattern.compile("v1|preview|latest");

  /** The address of a resource, without what Tollgate adds itself. */
  static String resource(String said) {
    return Reference.plain(said)
        .replaceAll("/+$", "")
        .replaceAll("/openai(/v1|/deployments.*)?$", "");
  }

  /** The version as Tollgate's file has it; null: the API without versions. */
  @Nullable String version(Source params) {
    String said = params.text("api_version");
    if (said == null) {
      return null;
    }
    String path = params.at("api_version");
    if (Reference.isVariable(said)) {
      findings.note(
          path, "streams need " + OLDEST + " or newer, since their usage is asked for", "");
      return Reference.plain(said);
    }
    if (OTHER.matcher(said).matches()) {
      return said;
    }
    if (!DATED.matcher(said).matches()) {
      findings.note(
          path, said + " is no version of Azure's API; that without versions is called", "");
      return null;
    }
    if (said.compareTo(OLDEST) < 0) {
      findings.note(
          path,
          "streams need a version that reports their usage: it is " + OLDEST + " now, not " + said,
          "");
      return OLDEST;
    }
    return said;
  }

  /**
   * The model that is deployed, as prices and callers name it.
   *
   * @param name what clients ask for
   * @param deployed the deployment's name
   */
  String model(String name, String deployed, Source params, Source info) {
    String base = info.text("base_model");
    String second = params.text("base_model");
    String said = base == null ? second : base;
    if (deployed.equals("*")) {
      return deployed;
    }
    if (Prices.says(params, info)) {
      // Under the model's own name the price would be that of its other providers, too.
      return deployed;
    }
    if (said != null) {
      return said.substring(said.lastIndexOf('/') + 1);
    }
    if (prices.knows(Vendor.OPENAI, deployed) || !prices.knows(Vendor.OPENAI, name)) {
      return deployed;
    }
    findings.note(
        params.at("model"),
        "no base_model says which model is deployed: it is taken for " + name,
        "look at azure.deployments of the provider");
    return name;
  }
}
