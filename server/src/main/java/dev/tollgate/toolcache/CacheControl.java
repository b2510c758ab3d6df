package dev.tollgate.toolcache;

import dev.tollgate.kernel.Failure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants of the cache.
 *
 * @param lookup whether a kept answer will do
 * @param store whether the answer may be kept
 * @param maxAge the greatest age of a kept answer that will do; null for any
 */
public record CacheControl(boolean lookup, boolean store, @Nullable Duration maxAge) {

  public static final CacheControl NONE = new CacheControl(true, true, null);
  public static final CacheControl NO_CACHE = new CacheControl(false, true, null);
  public static final CacheControl NO_STORE = new CacheControl(false, false, null);

  private static final String MAX_AGE = "max-age=";

  /**
   * Reads {@code no-cache}, {@code no-store} or {@code max-age=SECONDS}.
   *
   * @param field what is named in the error
   * @throws Failure where it is something else
   */
  public static CacheControl parse(String field, String text) {
    if (text.equals("no-cache")) {
      return NO_CACHE;
    }
    if (text.equals("no-store")) {
      return NO_STORE;
    }
    if (text.startsWith(MAX_AGE)) {
      String seconds = text.substring(MAX_AGE.length());
      if (!seconds.isEmpty()
          && seconds.length() <= 9
          && seconds.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return new CacheControl(true, true, Duration.ofSeconds(Long.parseLong(seconds)));
      }
    }
    throw Failure.invalid(field, field + " must be no-cache, no-store or max-age=SECONDS");
  }

  boolean satisfiedBy(Duration age) {
    return maxAge == null || age.compareTo(maxAge) <= 0;
  }
}
