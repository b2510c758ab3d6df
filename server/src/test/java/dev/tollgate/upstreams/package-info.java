/** Tests of the client side of MCP: sessions, breakers, limits. */
@NullMarked
package dev.tollgate.upstreams;

import org.jspecify.annotations.NullMarked;
