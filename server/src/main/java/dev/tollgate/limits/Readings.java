package dev.tollgate.limits;

import org.jspecify.annotations.Nullable;

/** The tightest of a caller's limits of each kind; null: there is none. */
public record Readings(@Nullable Reading requests, @Nullable Reading tokens) {

  static final Readings NONE = new Readings(null, null);
}
