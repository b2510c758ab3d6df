package dev.tollgate.credentials;

import dev.tollgate.kernel.Failure;
import dev.tollgate.kernel.Secret;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A client that was registered by hand at an authorization server.
 *
 * @param issuer the server's identifier, letter by letter as it writes it itself
 * @param secret null for a public client
 */
public record ClientDraft(String issuer, String clientId, @Nullable Secret secret) {

  private static final int LONGEST = 2_048;

  public ClientDraft {
    require(issuer, "issuer");
    require(clientId, "clientId");
    try {
      if (URI.create(issuer).getHost() == null) {
        throw new IllegalArgumentException("no host");
      }
    } catch (IllegalArgumentException malformed) {
      throw Failure.invalid("issuer", "issuer must be a URL");
    }
    if (secret != null) {
      require(secret.reveal(), "clientSecret");
    }
  }

  private static void require(String text, String field) {
    if (text.isBlank()
        || text.length() > LONGEST
        || text.chars().anyMatch(each -> each < ' ' || each > '~')) {
      throw Failure.invalid(
          field, field + " must have 1 to " + LONGEST + " printable characters of ASCII");
    }
  }
}
