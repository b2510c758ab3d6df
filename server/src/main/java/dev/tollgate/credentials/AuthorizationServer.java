package dev.tollgate.credentials;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An authorization server, as its checked metadata describe it (RFC 8414, section 2).
 *
 * @param issuer letter by letter as it writes it
 * @param authorizationEndpoint null where only machines are served
 * @param methods how clients may prove themselves at the token endpoint
 * @param s256 whether it says that it checks PKCE's S256
 * @param issuerInResponse whether its responses say who they are from (RFC 9207)
 */
record AuthorizationServer(
    String issuer,
    @Nullable URI authorizationEndpoint,
    URI tokenEndpoint,
    @Nullable URI registrationEndpoint,
    List<String> methods,
    List<String> scopes,
    boolean s256,
    boolean issuerInResponse,
    boolean clientIdDocuments) {

  /** How a client with a secret proves itself here. */
  String secretMethod() {
    return methods.contains(OAuthClient.POST) && !methods.contains(OAuthClient.BASIC)
        ? OAuthClient.POST
        : OAuthClient.BASIC;
  }
}
