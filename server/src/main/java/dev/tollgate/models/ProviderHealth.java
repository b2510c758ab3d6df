package dev.tollgate.models;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import org.jspecify.annotations.Nullable;

/**
 * How a key of a provider fares on this node.
 *
 * @param owner {@code operator}, or {@code own} of an organization
 * @param credential the key's fingerprint
 * @param account the label of its account; null: none was given
 * @param breaker {@code closed}: calls are sent; {@code half-open}: a few try; {@code open}: none
 *     is
 * @param cooling whether other keys go before it since it got a 429
 * @param rejected whether other keys go before it since it got a 401 or 403
 */
public record ProviderHealth(
    String provider,
    String owner,
    String credential,
    @Nullable String account,
    String breaker,
    boolean cooling,
    boolean rejected) {

  static ProviderHealth of(String provider, String owner, Credential credential, long now) {
    return new ProviderHealth(
        provider,
        owner,
        credential.fingerprint(),
        credential.label(),
        wire(credential.state()),
        credential.cooling(now),
        credential.aside(now));
  }

  private static String wire(State state) {
    return switch (CredentialMeters.number(state)) {
      case 0 -> "closed";
      case 1 -> "half-open";
      default -> "open";
    };
  }

  /** Whether nothing speaks against it. */
  public boolean well() {
    return breaker.equals("closed") && !cooling && !rejected;
  }
}
