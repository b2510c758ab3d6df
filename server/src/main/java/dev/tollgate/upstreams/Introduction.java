package dev.tollgate.upstreams;

import dev.tollgate.mcp.Era;
import dev.tollgate.mcp.ServerFace;
import org.jspecify.annotations.Nullable;

/**
 * How a server presented itself.
 *
 * @param era that it is spoken to in for this caller
 * @param version the revision that a session agreed on; null: modern, which agrees on none
 */
public record Introduction(Era era, ServerFace face, @Nullable String version) {}
