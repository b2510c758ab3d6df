package dev.tollgate.bootstrap;

import org.jspecify.annotations.Nullable;

/** Redis. */
@Section
record RedisSection(
    @Key(
            about =
                """
                Your own Redis 6.2 or newer, or Valkey; also as TOLLGATE_REDIS_URL, else
                REDIS_URL. Without: one is started, its data is kept under --data.\
                """,
            example = "redis://:${REDIS_PASSWORD}@redis:6379/0")
        @Nullable RedisUrl url,
    @Key(about = "What every key and channel begins with.", preset = "tollgate") String prefix) {

  RedisSection {
    Checks.that(
        prefix.matches("[A-Za-z0-9._-]{1,64}"),
        "prefix must be letters, digits, dots, hyphens and underscores, is " + prefix);
  }
}
