package dev.tollgate.models;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which conversations another account than their own has served, and may have left its mark on,
 * such as signed thinking: they stay there. Of this node, bounded, and empty as long as no key has
 * ever cooled down.
 */
final class Spills {

  private static final Duration LIFETIME = Duration.ofHours(12);
  private static final int MOST = 100_000;

  private final Cache<Long, String> accounts =
      Caffeine.newBuilder().maximumSize(MOST).expireAfterAccess(LIFETIME).build();

  private volatile boolean any;

  /** The account that a conversation went to; null: its own. */
  @Nullable String account(long conversation) {
    return any ? accounts.getIfPresent(conversation) : null;
  }

  /** A conversation was served by {@code account}, which is not that of its own key. */
  void spilled(long conversation, String account) {
    accounts.put(conversation, account);
    any = true;
  }
}
