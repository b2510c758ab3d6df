package dev.tollgate.mcp;

import org.jspecify.annotations.Nullable;

/**
 * How a client presents itself: with every request in the modern era, in the handshake in the
 * legacy one. Nothing is decided by {@code info}.
 *
 * @param revision that it speaks
 * @param capabilities an object
 * @param info null: it did not say
 */
public record Client(Revision revision, Raw capabilities, @Nullable Raw info) {

  /** Whether it declared {@code capability}, such as {@code sampling}. */
  public boolean can(String capability) {
    Raw declared = Members.orNone(capabilities).get(capability);
    return declared != null && declared.isObject();
  }
}
