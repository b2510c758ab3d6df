package dev.tollgate.credentials;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a token endpoint said (RFC 6749, section 5). */
sealed interface TokenAnswer {

  /**
   * A token.
   *
   * @param refreshToken null: none, or the one that was used stays
   * @param scope as granted; null: as asked
   * @param expiresAt null: not said
   */
  record Issued(
      String accessToken,
      @Nullable String refreshToken,
      @Nullable String scope,
      @Nullable Instant expiresAt)
      implements TokenAnswer {

    @Override
    public String toString() {
      return "Issued[***]";
    }
  }

  /**
   * A refusal.
   *
   * @param error its code, such as {@code invalid_grant}
   */
  record Denied(String error) implements TokenAnswer {

    /** The one refusal after which the same grant is never asked with again. */
    boolean terminal() {
      return error.equals("invalid_grant");
    }
  }
}
