package dev.tollgate.credentials;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code WWW-Authenticate: Bearer …} says (RFC 6750, section 3; RFC 9728, section 5.1).
 *
 * @param resourceMetadata where the resource describes itself; null: not said
 * @param scope what the call needs; empty: not said
 * @param error such as {@code insufficient_scope}; null: not said
 */
record Challenge(@Nullable String resourceMetadata, String scope, @Nullable String error) {

  static final Challenge NONE = new Challenge(null, "", null);

  private static final int LONGEST = 8 * 1024;
  private static final Pattern PARAMETER =
      Pattern.compile("([A-Za-z_]+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\\s,\"]++))");

  /** Reads the parameters behind the scheme {@code Bearer}; of anything else, nothing. */
  static Challenge parse(@Nullable String header) {
    if (header == null || header.length() > LONGEST) {
      return NONE;
    }
    int bearer = header.toLowerCase(Locale.ROOT).indexOf("bearer");
    if (bearer < 0) {
      return NONE;
    }
    Map<String, String> parameters = new HashMap<>();
    Matcher found = PARAMETER.matcher(header);
    for (int at = bearer + "bearer".length(); found.find(at); at = found.end()) {
      String quoted = found.group(2);
      parameters.putIfAbsent(
          found.group(1).toLowerCase(Locale.ROOT),
          quoted == null ? found.group(3) : quoted.replaceAll("\\\\(.)", "$1"));
    }
    return new Challenge(
        parameters.get("resource_metadata"),
        Scopes.union(parameters.getOrDefault("scope", "")),
        parameters.get("error"));
  }
}
