package dev.tollgate.credentials;

import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import org.jspecify.annotations.Nullable;

/**
 * Who we are to an authorization server.
 *
 * @param secret null for a public client
 * @param method {@code none}, {@code client_secret_basic} or {@code client_secret_post} (RFC 7591,
 *     section 2)
 */
record OAuthClient(String id, @Nullable String secret, String method) {

  static final String NONE = "none";
  static final String BASIC = "client_secret_basic";
  static final String POST = "client_secret_post";

  ClientID nimbusId() {
    return new ClientID(id);
  }

  /** How it proves itself; null: by its id alone. */
  @Nullable ClientAuthentication authentication() {
    if (secret == null || method.equals(NONE)) {
      return null;
    }
    Secret proof = new Secret(secret);
    return method.equals(POST)
        ? new ClientSecretPost(nimbusId(), proof)
        : new ClientSecretBasic(nimbusId(), proof);
  }

  @Override
  public String toString() {
    return "OAuthClient[" + id + "]";
  }
}
