/** Tests of the protocol's vocabulary. */
@NullMarked
package dev.tollgate.mcp;

import org.jspecify.annotations.NullMarked;
