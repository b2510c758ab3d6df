package dev.tollgate.credentials;

import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import dev.tollgate.kernel.Clock;
import dev.tollgate.kernel.ErrorCode;
import dev.tollgate.kernel.Failure;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Asks token endpoints, each time for one resource (RFC 8707). */
final class TokenEndpoint {

  private static final int LONGEST_TOKEN = 14 * 1024;

  private final OAuthHttp http;
  private final Clock clock;

  TokenEndpoint(OAuthHttp http, Clock clock) {
    this.http = http;
    this.clock = clock;
  }

  /** A code for a token (RFC 6749, section 4.1.3; RFC 7636, section 4.5). */
  TokenAnswer exchange(
      URI endpoint, OAuthClient client, URI resource, String code, URI redirect, String verifier) {
    return ask(
        endpoint,
        client,
        resource,
        new AuthorizationCodeGrant(
            new AuthorizationCode(code), redirect, new CodeVerifier(verifier)),
        null);
  }

  /** A refresh token for a token (RFC 6749, section 6). */
  TokenAnswer refresh(URI endpoint, OAuthClient client, URI resource, String refreshToken) {
    return ask(
        endpoint, client, resource, new RefreshTokenGrant(new RefreshToken(refreshToken)), null);
  }

  /** The client's own credentials for a token (RFC 6749, section 4.4). */
  TokenAnswer own(URI endpoint, OAuthClient client, URI resource, String scope) {
    return ask(
        endpoint,
        client,
        resource,
        new ClientCredentialsGrant(),
        scope.isEmpty() ? null : Scope.parse(scope));
  }

  private TokenAnswer ask(
      URI endpoint,
      OAuthClient client,
      URI resource,
      AuthorizationGrant grant,
      @Nullable Scope scope) {
    ClientAuthentication proof = client.authentication();
    TokenRequest.Builder request =
        proof != null
            ? new TokenRequest.Builder(endpoint, proof, grant)
            : new TokenRequest.Builder(endpoint, client.nimbusId(), grant);
    request.resource(resource);
    if (scope != null) {
      request.scope(scope);
    }
    HTTPResponse answer = http.send(request.build().toHTTPRequest());
    if (answer.getStatusCode() >= 500 || answer.getStatusCode() == 429) {
      throw Failure.of(
          ErrorCode.UPSTREAM_UNREACHABLE,
          "the token endpoint answered with " + answer.getStatusCode());
    }
    return read(answer);
  }

  private TokenAnswer read(HTTPResponse answer) {
    try {
      TokenResponse parsed = TokenResponse.parse(answer);
      if (parsed.indicatesSuccess()) {
        return issued(parsed.toSuccessResponse());
      }
      String code = parsed.toErrorResponse().getErrorObject().getCode();
      return new TokenAnswer.Denied(code == null ? "status " + answer.getStatusCode() : code);
    } catch (ParseException malformed) {
      throw OAuthHttp.invalid("the token endpoint's answer", malformed);
    }
  }

  private TokenAnswer issued(AccessTokenResponse response) {
    AccessToken token = response.getTokens().getAccessToken();
    if (!token.getType().getValue().equalsIgnoreCase("bearer")
        || token.getValue().length() > LONGEST_TOKEN
        || !token.getValue().chars().allMatch(c -> c > 32 && c < 127)) {
      throw Failure.of(
          ErrorCode.UPSTREAM_INVALID, "the token endpoint gave a token that is no bearer token");
    }
    RefreshToken refresh = response.getTokens().getRefreshToken();
    return new TokenAnswer.Issued(
        token.getValue(),
        refresh == null ? null : refresh.getValue(),
        token.getScope() == null ? null : token.getScope().toString(),
        token.getLifetime() <= 0 ? null : clock.now().plusSeconds(token.getLifetime()));
  }
}
