package dev.tollgate.http.engine;

import dev.tollgate.tenancy.Caller;
import org.jspecify.annotations.Nullable;

/** A second way in beside keys, on the routes that have it: tokens of an issuer. */
public interface Gate {

  /** Whether {@code token} is one to be checked here, and not a key. */
  boolean takes(String token);

  /** From memory, without blocking; null: not known, ask {@link #authenticate}. */
  @Nullable Caller cached(String path, String token);

  /** Blocks; throws {@code UNAUTHENTICATED}, or {@code UNAVAILABLE} when it cannot be known. */
  Caller authenticate(String path, String token);

  /**
   * What a 401 says in {@code WWW-Authenticate} (RFC 6750, section 3).
   *
   * @param presented whether a key or token was sent
   */
  String challenge(String path, boolean presented);
}
