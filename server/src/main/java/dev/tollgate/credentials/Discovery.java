package dev.tollgate.credentials;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import dev.tollgate.egress.Egress;
import dev.tollgate.egress.Fetched;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * From an MCP server's URL to its authorization server (MCP 2026-07-28, authorization server
 * discovery; the same as in 2025-11-25).
 */
final class Discovery {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String RESOURCE = "/.well-known/oauth-protected-resource";
  private static final String OAUTH = "/.well-known/oauth-authorization-server";
  private static final String OPENID = "/.well-known/openid-configuration";

  /** Any request will do: what is looked at is the refusal. */
  private static final String PROBE =
      """
      {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
      "capabilities":{},"clientInfo":{"name":"tollgate","version":"0"}}}\
      """;

  private final OAuthHttp http;

  Discovery(OAuthHttp http) {
    this.http = http;
  }

  // The resource

  ProtectedResource resource(URI server) {
    Challenge challenge = challenge(server);
    String named = challenge.resourceMetadata();
    JsonNode document = named != null ? required(Egress.parse(named)) : wellKnown(server);
    if (document == null) {
      // Servers of 2025-03-26 and before: their origin is the authorization server.
      return new ProtectedResource(
          Resources.canonical(server), Resources.origin(server), challenge.scope());
    }
    String issuer = document.path("authorization_servers").path(0).asString("");
    if (issuer.isEmpty()) {
      throw invalid("the server's metadata name no authorization server");
    }
    String asked =
        challenge.scope().isEmpty() ? words(document.path("scopes_supported")) : challenge.scope();
    return new ProtectedResource(resource(document, server), issuer, asked);
  }

  private Challenge challenge(URI server) {
    try {
      Fetched answer =
          http.post(
              server,
              Map.of(
                  "content-type", "application/json",
                  "accept", "application/json, text/event-stream"),
              PROBE);
      return answer.status() == 401
          ? Challenge.parse(answer.header("www-authenticate"))
          : Challenge.NONE;
    } catch (Failure failure) {
      // A stream without an end, or more than a probe reads: nothing was said of authorization.
      if (failure.code() == ErrorCode.UPSTREAM_TIMEOUT
          || failure.code() == ErrorCode.UPSTREAM_INVALID) {
        return Challenge.NONE;
      }
      throw failure;
    }
  }

  private JsonNode required(URI url) {
    JsonNode document = document(url);
    if (document == null) {
      throw invalid("the server's metadata are not where it says");
    }
    return document;
  }

  private @Nullable JsonNode wellKnown(URI server) {
    String path = Resources.path(server);
    JsonNode atPath = path.isEmpty() ? null : document(at(server, RESOURCE + path));
    return atPath != null ? atPath : document(at(server, RESOURCE));
  }

  /** What it calls itself must be the server that we asked, or a part of its path above. */
  private static URI resource(JsonNode document, URI server) {
    URI named = Egress.parse(document.path("resource").asString(""));
    if (!Resources.covers(named, server)) {
      throw invalid(
          "the server's metadata are those of another resource, " + Resources.origin(named));
    }
    return named;
  }

  // The authorization server

  /** The metadata that the issuer publishes, in the order in which they are to be looked for. */
  AuthorizationServer server(String issuer) {
    URI url = Egress.parse(issuer);
    String path = Resources.path(url);
    List<URI> places =
        path.isEmpty()
            ? List.of(at(url, OAUTH), at(url, OPENID))
            : List.of(at(url, OAUTH + path), at(url, OPENID + path), at(url, path + OPENID));
    for (URI place : places) {
      Fetched answer = http.get(place);
      if (answer.status() == 200) {
        return read(answer.body(), issuer);
      }
      if (answer.status() >= 500) {
        throw Failure.of(
            ErrorCode.UPSTREAM_UNREACHABLE,
            "the authorization server answered with " + answer.status());
      }
    }
    throw invalid("the authorization server publishes no metadata");
  }

  private static AuthorizationServer read(String body, String issuer) {
    AuthorizationServerMetadata metadata;
    try {
      metadata = AuthorizationServerMetadata.parse(body);
    } catch (ParseException malformed) {
      throw OAuthHttp.invalid("the authorization server's metadata", malformed);
    }
    if (!metadata.getIssuer().getValue().equals(issuer)) {
      throw invalid("the authorization server's metadata are those of another issuer");
    }
    URI token = metadata.getTokenEndpointURI();
    if (token == null) {
      throw invalid("the authorization server names no token endpoint");
    }
    List<CodeChallengeMethod> challenges = metadata.getCodeChallengeMethods();
    List<ClientAuthenticationMethod> methods = metadata.getTokenEndpointAuthMethods();
    return new AuthorizationServer(
        issuer,
        metadata.getAuthorizationEndpointURI(),
        token,
        metadata.getRegistrationEndpointURI(),
        methods == null
            ? List.of(OAuthClient.BASIC)
            : methods.stream().map(ClientAuthenticationMethod::getValue).toList(),
        metadata.getScopes() == null ? List.of() : metadata.getScopes().toStringList(),
        challenges != null && challenges.contains(CodeChallengeMethod.S256),
        metadata.supportsAuthorizationResponseIssuerParam(),
        Boolean.TRUE.equals(metadata.getCustomParameter("client_id_metadata_document_supported")));
  }

  // Documents and places

  /** A JSON object; null where there is none. */
  private @Nullable JsonNode document(URI url) {
    Fetched answer = http.get(url);
    if (answer.status() >= 500) {
      throw Failure.of(
          ErrorCode.UPSTREAM_UNREACHABLE, "the server answered with " + answer.status());
    }
    if (answer.status() != 200) {
      return null;
    }
    try {
      JsonNode read = JSON.readTree(answer.body());
      return read.isObject() ? read : null;
    } catch (JacksonException malformed) {
      return null;
    }
  }

  private static String words(JsonNode array) {
    StringBuilder words = new StringBuilder();
    array.forEach(word -> words.append(word.asString("")).append(' '));
    return Scopes.union(words.toString());
  }

  private static Failure invalid(String what) {
    return Failure.of(ErrorCode.UPSTREAM_INVALID, what);
  }

  private static URI at(URI url, String path) {
    return URI.create(Resources.origin(url) + path);
  }
}
