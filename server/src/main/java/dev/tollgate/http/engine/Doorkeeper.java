package dev.tollgate.http.engine;

import dev.tollgate.tenancy.Caller;
import org.jspecify.annotations.Nullable;

/** Who a key belongs to: from memory on the event loop, else by asking on a virtual thread. */
public interface Doorkeeper {

  /** From memory, without blocking; null: not known, ask {@link #authenticate}. */
  @Nullable Caller cached(String key);

  /** Blocks; throws {@code UNAUTHENTICATED}, or {@code UNAVAILABLE} when nobody can be asked. */
  Caller authenticate(String key);

  /** Why no call can be served now, in words for its caller; null: calls can be served. */
  @Nullable String obstacle();
}
