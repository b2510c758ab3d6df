package dev.tollgate.testing;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The official TypeScript SDKs, in {@code tools/sdk-partners}. Tests that need them run where they
 * are installed; CI installs them.
 */
public enum SdkPartners {
  ANTHROPIC("anthropic", ""),
  OPENAI("openai", "/v1");

  private static final NpmPackages PACKAGES = new NpmPackages("tools/sdk-partners");

  private final String sdk;
  private final String base;

  SdkPartners(String sdk, String base) {
    this.sdk = sdk;
    this.base = base;
  }

  /** Whether they are there. */
  public static boolean installed() {
    return PACKAGES.has("openai") && PACKAGES.has("@anthropic-ai/sdk");
  }

  /**
   * Makes calls, one after the other, by a client with nothing set but its URL and its key.
   *
   * @param calls a JSON array of {@code {call, params, retries, reply}}, as {@code client.mjs}
   *     tells
   * @return what became of each: {@code {result, events, headers, fetches}} or {@code {error,
   *     headers, fetches}}
   */
  public List<JsonNode> run(String url, String key, String calls) {
    return PACKAGES.run(List.of("client.mjs", sdk, url + base, key), Map.of(), calls);
  }
}
