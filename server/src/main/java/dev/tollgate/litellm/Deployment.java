package dev.tollgate.litellm;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code model_list}: a name that clients call, and one model behind it.
 *
 * @param name what clients ask for
 * @param model what the vendor calls it; {@code *}: every one of its models
 * @param deployed its name in the address, which is another at Azure alone
 * @param key as Tollgate's file has it
 * @param embeds whether it makes embeddings, and does not answer
 * @param path of the entry
 */
record Deployment(
    String name,
    Endpoint endpoint,
    String model,
    String deployed,
    String key,
    boolean embeds,
    String path) {

  /**
   * Where a model is served, and how it is called there.
   *
   * @param baseUrl as Tollgate's file has it
   * @param firstByteTimeout as Tollgate's file has it; null: not said
   * @param azureVersion of Azure's API, as Tollgate's file has it; null: that without versions, or
   *     it is not Azure
   */
  record Endpoint(
      Vendor vendor,
      String baseUrl,
      Map<String, String> headers,
      @Nullable String firstByteTimeout,
      @Nullable String azureVersion) {

    boolean azure() {
      return vendor.prefix().equals(Vendor.AZURE);
    }

    Endpoint within(@Nullable String timeout) {
      return new Endpoint(vendor, baseUrl, headers, timeout, azureVersion);
    }
  }

  Deployment at(Endpoint other) {
    return new Deployment(name, other, model, deployed, key, embeds, path);
  }

  boolean every() {
    return model.equals("*");
  }
}
