package dev.tollgate.credentials;

import dev.tollgate.secrets.SealedRow;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * An authorization under way: what is to be known when the browser comes back.
 *
 * @param actorId and {@code actor}: the administrator who began it, for the audit
 */
record Flow(
    UUID actorId,
    String actor,
    String verifier,
    String issuer,
    boolean issuerInResponse,
    String tokenEndpoint,
    OAuthClient client,
    String resource,
    String scope,
    String redirect) {

  private static final JsonMapper JSON = JsonMapper.shared();

  /** A flow, and where its credential belongs. */
  record Pending(UUID organization, Place place, Flow flow) {}

  static SealedRow row(UUID organization, UUID id) {
    return new SealedRow("oauth_flows", organization, id);
  }

  byte[] encode() {
    return JSON.writeValueAsString(this).getBytes(StandardCharsets.UTF_8);
  }

  static Flow decode(byte[] bytes) {
    return JSON.readValue(bytes, Flow.class);
  }

  /** Whether a response that says it is from {@code from} is from who was asked (RFC 9207). */
  boolean isFrom(@Nullable String from) {
    return from == null ? !issuerInResponse : from.equals(issuer);
  }

  @Override
  public String toString() {
    return "Flow[" + issuer + "]";
  }
}
