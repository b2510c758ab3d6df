package dev.tollgate.credentials;

import dev.tollgate.secrets.SealedRow;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a credential keeps sealed: a header's value, and what it is renewed by.
 *
 * @param renewal null for a token by hand
 */
record Grant(String header, String value, @Nullable Renewal renewal) {

  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * What a token is renewed by.
   *
   * @param refreshToken null where the server gave none, or the client's own credentials suffice
   */
  record Renewal(String tokenEndpoint, OAuthClient client, @Nullable String refreshToken) {}

  static SealedRow row(UUID organization, UUID id) {
    return new SealedRow("credentials", organization, id);
  }

  static Grant bearer(String token, Renewal renewal) {
    return new Grant("authorization", "Bearer " + token, renewal);
  }

  byte[] encode() {
    return JSON.writeValueAsString(this).getBytes(StandardCharsets.UTF_8);
  }

  static Grant decode(byte[] bytes) {
    return JSON.readValue(bytes, Grant.class);
  }

  @Override
  public String toString() {
    return "Grant[***]";
  }
}
