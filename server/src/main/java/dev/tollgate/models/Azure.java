package dev.tollgate.models;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How Azure OpenAI is addressed: models by the names of their deployments, and by either of two
 * forms of its API (Microsoft's API reference, Azure OpenAI in Foundry Models).
 *
 * <pre>
 * v1        {base}/openai/v1/chat/completions
 * classic   {base}/openai/deployments/{deployment}/chat/completions?api-version=2024-10-21
 * </pre>
 *
 * @param apiVersion a date: the classic form; {@code preview} and the like: v1, of that version;
 *     null: v1
 * @param deployments by model; a model that is not there is deployed under its own name
 */
public record Azure(@Nullable String apiVersion, Map<String, String> deployments) {

  private static final String VERSION = "api-version";
  private static final Pattern DATED = Pattern.compile("\\d{4}-\\d{2}-\\d{2}.*");

  public Azure {
    deployments = Map.copyOf(deployments);
  }

  String deployment(String model) {
    return deployments.getOrDefault(model, model);
  }

  private boolean classic() {
    return apiVersion != null && DATED.matcher(apiVersion).matches();
  }

  /** What stands between the base URL and the path of a surface or of an object. */
  String root() {
    return classic() ? "/openai" : "/openai/v1";
  }

  /** What the classic form puts before the path of a surface whose model is in the address. */
  String deployed(Surface surface, String model) {
    boolean inAddress = surface == Surface.CHAT_COMPLETIONS || surface == Surface.EMBEDDINGS;
    return classic() && inAddress
        ? "/deployments/"
            + URLEncoder.encode(deployment(model), StandardCharsets.UTF_8).replace("+", "%20")
        : "";
  }

  /**
   * A path with its query, and the version: the operator's, whatever a caller says. Other
   * parameters pass.
   */
  String versioned(String path) {
    int mark = path.indexOf('?');
    String bare = mark < 0 ? path : path.substring(0, mark);
    Stream<String> callers =
        mark < 0
            ? Stream.empty()
            : Arrays.stream(path.substring(mark + 1).split("&", -1))
                .filter(parameter -> !parameter.isEmpty() && !isVersion(parameter));
    Stream<String> ours =
        apiVersion == null ? Stream.empty() : Stream.of(VERSION + "=" + apiVersion);
    String query = Stream.concat(callers, ours).collect(Collectors.joining("&"));
    return query.isEmpty() ? bare : bare + "?" + query;
  }

  /** However it is encoded, and in whatever case: .NET reads names of parameters in any. */
  private static boolean isVersion(String parameter) {
    int equals = parameter.indexOf('=');
    String name = equals < 0 ? parameter : parameter.substring(0, equals);
    try {
      return URLDecoder.decode(name, StandardCharsets.UTF_8).strip().equalsIgnoreCase(VERSION);
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }
}
