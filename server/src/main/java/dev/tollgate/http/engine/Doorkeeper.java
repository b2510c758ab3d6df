package dev.tollgate.http.engine;

import dev.tollgate.tenancy.Caller;
import org.jspecify.annotations.Nullable;

/** Who a key belongs to: from memory on the event loop, else by asking on a virtual thread. */
public interface Doorkeeper {

  /** From memory, without blocking; null: not known, ask {@link #authenticate}. */
  @Nullable Caller cached(String key);

  /** Blocks; throws {@code UNAUTHENTICATED}, or {@code UNAVAILABLE} when nobody can be asked. */
  Caller authenticate(String key);

  /** Whether calls can be served at all: the database is there and everything is open. */
  boolean ready();
}
