package dev.tollgate.mcp;

/** The two ways in which the protocol is spoken (MCP 2026-07-28, Versioning, Terminology). */
public enum Era {
  /** Every request says all that is needed to serve it; 2026-07-28 and later. */
  MODERN,
  /** A handshake begins a session; 2025-11-25 and earlier. */
  LEGACY
}
