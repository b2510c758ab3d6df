package dev.tollgate.http.oauth;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The gateway as an OAuth resource: how it is called, described and asked for (RFC 9728). */
record Resource(String base, TokenConfig config) {

  /** Where the metadata of a path are: this, followed by the path. */
  static final String WELL_KNOWN = "/.well-known/oauth-protected-resource";

  /** The identifier of what is called at {@code path}. */
  String of(String path) {
    return base + path;
  }

  /** The metadata of what is called at {@code path} (section 2). */
  Map<String, Object> metadata(String path) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("resource", of(path));
    metadata.put("resource_name", "Tollgate");
    metadata.put("authorization_servers", List.of(config.issuer()));
    metadata.put("bearer_methods_supported", List.of("header"));
    if (!config.scopes().isEmpty()) {
      metadata.put("scopes_supported", config.scopes());
    }
    return metadata;
  }

  /** The challenge of a 401 (section 5.1; RFC 6750, section 3). */
  String challenge(String path, boolean presented) {
    StringBuilder challenge = new StringBuilder("Bearer ");
    if (presented) {
      challenge.append("error=\"invalid_token\", ");
    }
    challenge
        .append("resource_metadata=\"")
        .append(base)
        .append(WELL_KNOWN)
        .append(path)
        .append('"');
    if (!config.scopes().isEmpty()) {
      challenge.append(", scope=\"").append(String.join(" ", config.scopes())).append('"');
    }
    return challenge.toString();
  }
}
