/** Tests of the MCP server that clients see, against servers behind it. */
@NullMarked
package dev.tollgate.http.mcp;

import org.jspecify.annotations.NullMarked;
