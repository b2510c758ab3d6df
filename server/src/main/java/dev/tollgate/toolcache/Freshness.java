package dev.tollgate.toolcache;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How long an answer may be kept.
 *
 * @param ttl zero for not at all
 * @param hinted whether the upstream's own {@code ttlMs} and {@code cacheScope} decide where it
 *     says them
 */
public record Freshness(Duration ttl, boolean hinted) {

  /** No answer is kept longer, whatever an upstream says. */
  static final Duration LONGEST = Duration.ofHours(24);

  public static final Freshness NEVER = new Freshness(Duration.ZERO, false);
  public static final Freshness VOLATILE = new Freshness(Duration.ofMinutes(5), false);
  public static final Freshness STABLE = new Freshness(Duration.ofHours(1), false);

  /** For lists and {@code resources/read}: what the upstream says, else five minutes. */
  public static final Freshness HINTED = new Freshness(Duration.ofMinutes(5), true);

  public Freshness {
    if (ttl.isNegative() || ttl.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("ttl must be from 0 to 24 hours");
    }
  }

  /** What a policy calls it: never, volatile or stable; null for another word. */
  public static @Nullable Freshness named(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "never" -> NEVER;
      case "volatile" -> VOLATILE;
      case "stable" -> STABLE;
      default -> null;
    };
  }

  boolean never() {
    return ttl.isZero();
  }
}
