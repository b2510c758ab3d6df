package dev.tollgate.http.engine;

import dev.tollgate.kernel.Ids;
import org.jspecify.annotations.Nullable;

/**
 * Correlation: a caller's {@code X-Request-ID} is kept when it is well-formed, else one is made.
 */
final class RequestIds {

  private static final int LONGEST = 128;

  private RequestIds() {}

  static String accept(@Nullable String offered) {
    return offered != null && wellFormed(offered) ? offered : Ids.next().toString();
  }

  private static boolean wellFormed(String id) {
    if (id.isEmpty() || id.length() > LONGEST) {
      return false;
    }
    return id.chars()
        .allMatch(c -> Character.isLetterOrDigit(c) ? c < 128 : "-_.:".indexOf(c) >= 0);
  }
}
